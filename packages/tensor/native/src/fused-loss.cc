// Softmax cross-entropy on word ids, with label smoothing and padding.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>

#include "arguments.h"
#include "fused.h"
#include "vector-math.h"

namespace capgrid {
namespace {

using at::Tensor;

struct Labels {
  const std::int32_t* ids;
  std::int64_t words;
  std::optional<std::int32_t> pad;  // rows with this label count nothing
  float onLabel;                    // probability of the label, 1 - s
  float elsewhere;                  // of each other word, s / (words - 1)
};

// Below, logits are taken relative to the largest of their row, which is subtracted first: what two
// large numbers differ by would be lost otherwise.

CAPGRID_INLINE float largestOf(const float* z, std::int64_t words) {
  float most = -std::numeric_limits<float>::infinity();
#pragma omp simd reduction(max : most)
  for (std::int64_t v = 0; v < words; ++v) most = z[v] > most ? z[v] : most;
  return most;
}

// Each term is weighed before it is added: the sum of huge logits alone would overflow.
CAPGRID_INLINE float weighedSum(const float* z, float most, float weight, std::int64_t words) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t v = 0; v < words; ++v) sum += weight * (z[v] - most);
  return sum;
}

CAPGRID_VECTORISED void lossRows(const float* logits, const Labels& labels, float* loss,
                                 float* logTotal, std::int64_t begin, std::int64_t end) {
  for (std::int64_t row = begin; row < end; ++row) {
    const std::int32_t label = labels.ids[row];
    if (label == labels.pad) {
      loss[row] = logTotal[row] = 0;
      continue;
    }
    const float* z = logits + row * labels.words;
    const float most = largestOf(z, labels.words);
    float total = 0;
#pragma omp simd reduction(+ : total)
    for (std::int64_t v = 0; v < labels.words; ++v) total += fastExp(z[v] - most);
    logTotal[row] = std::log(total);
    loss[row] = logTotal[row] - labels.onLabel * (z[label] - most);
    if (labels.elsewhere > 0) {
      loss[row] -= weighedSum(z, most, labels.elsewhere, label) +
                   weighedSum(z + label + 1, most, labels.elsewhere, labels.words - label - 1);
    }
  }
}

CAPGRID_VECTORISED void lossGradRows(const float* dLoss, const float* logits, const float* logTotal,
                                     const Labels& labels, float* dLogits, std::int64_t begin,
                                     std::int64_t end) {
  for (std::int64_t row = begin; row < end; ++row) {
    const float* z = logits + row * labels.words;
    float* dz = dLogits + row * labels.words;
    const std::int32_t label = labels.ids[row];
    if (label == labels.pad) {
      std::fill(dz, dz + labels.words, 0.0F);
      continue;
    }
    const float most = largestOf(z, labels.words);
    const float weight = dLoss[row];
    const float logOfTotal = logTotal[row];
#pragma omp simd
    for (std::int64_t v = 0; v < labels.words; ++v) {
      dz[v] = weight * (fastExp(z[v] - most - logOfTotal) - labels.elsewhere);
    }
    dz[label] = weight * (fastExp(z[label] - most - logOfTotal) - labels.onLabel);
  }
}

Labels labelsOf(const Tensor& ids, std::int64_t words, double smoothing,
                std::optional<std::int32_t> pad) {
  const float elsewhere = words > 1 ? static_cast<float>(smoothing / static_cast<double>(words - 1)) : 0.0F;
  return {ids.data_ptr<std::int32_t>(), words, pad, static_cast<float>(1 - smoothing), elsewhere};
}

// For devices without the loops above. An id that is no word is taken for the nearest one: a scatter
// or gather outside would end the GPU's work for the whole process, and to look would be to wait.
Tensor words64(const Tensor& ids, std::int64_t words) {
  return ids.clamp(0, words - 1).to(at::kLong).unsqueeze(1);
}

// Target probabilities [N, V]
Tensor targets(const Tensor& ids, std::int64_t words, double smoothing) {
  const double elsewhere = words > 1 ? smoothing / static_cast<double>(words - 1) : 0.0;
  const Tensor target = at::full({ids.size(0), words}, elsewhere, ids.options().dtype(at::kFloat));
  return target.scatter_(1, words64(ids, words), 1 - smoothing);
}

// Puts 0 into the padded rows. `ids` has the rank of `rows`.
void clearPadded(Tensor& rows, const Tensor& ids, std::optional<std::int32_t> pad) {
  if (pad) rows.masked_fill_(at::eq(ids, *pad), 0);
}

// Null stands for no pad mark.
std::optional<std::int32_t> padAt(const Napi::CallbackInfo& info, std::size_t index) {
  if (info[index].IsNull() || info[index].IsUndefined()) return std::nullopt;
  return intAt(info, index);
}

Tensor idsAt(Engine& engine, const Napi::CallbackInfo& info, std::size_t index, std::int64_t rows,
             std::int64_t words, std::optional<std::int32_t> pad) {
  const Tensor ids = engine.input(info, index).contiguous();
  if (ids.scalar_type() != at::kInt) {
    throw std::invalid_argument("labels should be int32, they are " + describe(ids));
  }
  requireShape(ids, {rows}, "labels");
  if (ids.is_cuda()) return ids;
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int32_t id = ids.data_ptr<std::int32_t>()[row];
    if (id != pad && (id < 0 || id >= words)) {
      throw std::invalid_argument("label " + std::to_string(id) + " in row " + std::to_string(row) +
                                  " is not one of " + std::to_string(words) + " words");
    }
  }
  return ids;
}

// crossEntropy(logits [N, V], labels int32 [N], smoothing, pad or null)
//   -> loss [N], logTotal [N]: log sum_v exp(z_v - max z)
void crossEntropy(Engine& engine, const Napi::CallbackInfo& info) {
  engine.name("SparseSoftmaxCrossEntropy");
  const Tensor logits = floatInput(engine, info, 0, "logits", {-1, -1});
  const std::int64_t rows = logits.size(0);
  const std::int64_t words = logits.size(1);
  const double smoothing = numberAt(info, 2);
  const auto pad = padAt(info, 3);
  const Tensor ids = idsAt(engine, info, 1, rows, words, pad);
  if (logits.is_cuda()) {
    const Tensor shifted = logits - at::amax(logits, {1}, true);
    const Tensor logTotal = at::log(at::sum(at::exp(shifted), {1}));
    // Without smoothing the other words must not be read: 0 times a masked word's -inf is no number.
    Tensor loss =
        smoothing > 0
            ? at::sum(targets(ids, words, smoothing) * (logTotal.unsqueeze(1) - shifted), {1})
            : logTotal - shifted.gather(1, words64(ids, words)).squeeze(1);
    clearPadded(loss, ids, pad);
    engine.give(loss);
    engine.give(logTotal);
    return;
  }
  const Tensor loss = at::empty({rows}, logits.options());
  const Tensor logTotal = at::empty({rows}, logits.options());
  const Labels labels = labelsOf(ids, words, smoothing, pad);
  at::parallel_for(0, rows, grainFor(words), [&](std::int64_t begin, std::int64_t end) {
    lossRows(logits.data_ptr<float>(), labels, loss.data_ptr<float>(), logTotal.data_ptr<float>(),
             begin, end);
  });
  engine.give(loss);
  engine.give(logTotal);
}

// crossEntropyGrad(dLoss [N], logits, labels, logTotal, smoothing, pad or null) -> dLogits
void crossEntropyGrad(Engine& engine, const Napi::CallbackInfo& info) {
  engine.name("SparseSoftmaxCrossEntropyGrad");
  const Tensor logits = floatInput(engine, info, 1, "logits", {-1, -1});
  const std::int64_t rows = logits.size(0);
  const std::int64_t words = logits.size(1);
  const Tensor dLoss = floatInput(engine, info, 0, "dLoss", {rows});
  const double smoothing = numberAt(info, 4);
  const auto pad = padAt(info, 5);
  const Tensor ids = idsAt(engine, info, 2, rows, words, pad);
  const Tensor logTotal = floatInput(engine, info, 3, "logTotal", {rows});
  if (logits.is_cuda()) {
    Tensor dLogits = logits - at::amax(logits, {1}, true);
    dLogits.sub_(logTotal.unsqueeze(1)).exp_();
    dLogits.sub_(targets(ids, words, smoothing)).mul_(dLoss.unsqueeze(1));
    clearPadded(dLogits, ids.unsqueeze(1), pad);
    engine.give(dLogits);
    return;
  }
  const Tensor dLogits = at::empty_like(logits);
  const Labels labels = labelsOf(ids, words, smoothing, pad);
  at::parallel_for(0, rows, grainFor(words), [&](std::int64_t begin, std::int64_t end) {
    lossGradRows(dLoss.data_ptr<float>(), logits.data_ptr<float>(), logTotal.data_ptr<float>(),
                 labels, dLogits.data_ptr<float>(), begin, end);
  });
  engine.give(dLogits);
}

}  // namespace

Methods lossMethods() {
  return {{"crossEntropy", crossEntropy}, {"crossEntropyGrad", crossEntropyGrad}};
}

}  // namespace capgrid
