// Softmax cross-entropy on word ids, with label smoothing and padding.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cmath>
#include <limits>
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
  std::int32_t pad;  // -1: none
  float onLabel;     // probability of the label, 1 - s
  float elsewhere;   // of each other word, s / (words - 1)
};

CAPGRID_VECTORISED void lossRows(const float* logits, const Labels& labels, float* loss,
                                 float* logSumExp, std::int64_t begin, std::int64_t end) {
  for (std::int64_t row = begin; row < end; ++row) {
    const float* z = logits + row * labels.words;
    float most = -std::numeric_limits<float>::infinity();
#pragma omp simd reduction(max : most)
    for (std::int64_t v = 0; v < labels.words; ++v) most = z[v] > most ? z[v] : most;
    float total = 0;
    float sum = 0;
#pragma omp simd reduction(+ : total, sum)
    for (std::int64_t v = 0; v < labels.words; ++v) {
      total += fastExp(z[v] - most);
      sum += z[v];
    }
    const float normaliser = most + std::log(total);
    logSumExp[row] = normaliser;
    const std::int32_t label = labels.ids[row];
    const float ofLabel = z[label];
    loss[row] = label == labels.pad
                    ? 0.0F
                    : normaliser - labels.onLabel * ofLabel - labels.elsewhere * (sum - ofLabel);
  }
}

CAPGRID_VECTORISED void lossGradRows(const float* dLoss, const float* logits, const float* logSumExp,
                                     const Labels& labels, float* dLogits, std::int64_t begin,
                                     std::int64_t end) {
  for (std::int64_t row = begin; row < end; ++row) {
    const float* z = logits + row * labels.words;
    float* dz = dLogits + row * labels.words;
    const std::int32_t label = labels.ids[row];
    const float weight = label == labels.pad ? 0.0F : dLoss[row];
    const float normaliser = logSumExp[row];
#pragma omp simd
    for (std::int64_t v = 0; v < labels.words; ++v) {
      dz[v] = weight * (fastExp(z[v] - normaliser) - labels.elsewhere);
    }
    dz[label] = weight * (fastExp(z[label] - normaliser) - labels.onLabel);
  }
}

Labels labelsOf(const Tensor& ids, std::int64_t words, double smoothing, std::int32_t pad) {
  const float elsewhere = words > 1 ? static_cast<float>(smoothing / static_cast<double>(words - 1)) : 0.0F;
  return {ids.data_ptr<std::int32_t>(), words, pad, static_cast<float>(1 - smoothing), elsewhere};
}

// Target probabilities [N, V], zero in padded rows; for devices without the loops above.
Tensor targets(const Tensor& ids, std::int64_t words, double smoothing, std::int32_t pad) {
  const double elsewhere = words > 1 ? smoothing / static_cast<double>(words - 1) : 0.0;
  Tensor target = at::full({ids.size(0), words}, elsewhere, ids.options().dtype(at::kFloat));
  target.scatter_(1, ids.to(at::kLong).unsqueeze(1), 1 - smoothing);
  return target * at::ne(ids, pad).to(at::kFloat).unsqueeze(1);
}

Tensor idsAt(Engine& engine, const Napi::CallbackInfo& info, std::size_t index, std::int64_t rows,
             std::int64_t words) {
  const Tensor ids = engine.input(info, index).contiguous();
  if (ids.scalar_type() != at::kInt) {
    throw std::invalid_argument("labels should be int32, they are " + describe(ids));
  }
  requireShape(ids, {rows}, "labels");
  if (ids.is_cuda()) return ids;
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int32_t id = ids.data_ptr<std::int32_t>()[row];
    if (id < 0 || id >= words) {
      throw std::invalid_argument("label " + std::to_string(id) + " in row " + std::to_string(row) +
                                  " is not one of " + std::to_string(words) + " words");
    }
  }
  return ids;
}

// crossEntropy(logits [N, V], labels int32 [N], smoothing, pad or -1) -> loss [N], logSumExp [N]
void crossEntropy(Engine& engine, const Napi::CallbackInfo& info) {
  engine.name("SparseSoftmaxCrossEntropy");
  const Tensor logits = floatInput(engine, info, 0, "logits", {-1, -1});
  const std::int64_t rows = logits.size(0);
  const std::int64_t words = logits.size(1);
  const Tensor ids = idsAt(engine, info, 1, rows, words);
  const double smoothing = numberAt(info, 2);
  const std::int32_t pad = intAt(info, 3);
  if (logits.is_cuda()) {
    const Tensor normaliser = at::logsumexp(logits, {1});
    const Tensor target = targets(ids, words, smoothing, pad);
    engine.give(at::sum(target * (normaliser.unsqueeze(1) - logits), {1}));
    engine.give(normaliser);
    return;
  }
  const Tensor loss = at::empty({rows}, logits.options());
  const Tensor normaliser = at::empty({rows}, logits.options());
  const Labels labels = labelsOf(ids, words, smoothing, pad);
  at::parallel_for(0, rows, grainFor(words), [&](std::int64_t begin, std::int64_t end) {
    lossRows(logits.data_ptr<float>(), labels, loss.data_ptr<float>(), normaliser.data_ptr<float>(),
             begin, end);
  });
  engine.give(loss);
  engine.give(normaliser);
}

// crossEntropyGrad(dLoss [N], logits, labels, logSumExp, smoothing, pad or -1) -> dLogits
void crossEntropyGrad(Engine& engine, const Napi::CallbackInfo& info) {
  engine.name("SparseSoftmaxCrossEntropyGrad");
  const Tensor logits = floatInput(engine, info, 1, "logits", {-1, -1});
  const std::int64_t rows = logits.size(0);
  const std::int64_t words = logits.size(1);
  const Tensor dLoss = floatInput(engine, info, 0, "dLoss", {rows});
  const Tensor ids = idsAt(engine, info, 2, rows, words);
  const Tensor normaliser = floatInput(engine, info, 3, "logSumExp", {rows});
  const double smoothing = numberAt(info, 4);
  const std::int32_t pad = intAt(info, 5);
  if (logits.is_cuda()) {
    const Tensor weight = (dLoss * at::ne(ids, pad).to(at::kFloat)).unsqueeze(1);
    const Tensor probabilities = at::exp(logits - normaliser.unsqueeze(1));
    engine.give(weight * (probabilities - targets(ids, words, smoothing, pad)));
    return;
  }
  const Tensor dLogits = at::empty_like(logits);
  const Labels labels = labelsOf(ids, words, smoothing, pad);
  at::parallel_for(0, rows, grainFor(words), [&](std::int64_t begin, std::int64_t end) {
    lossGradRows(dLoss.data_ptr<float>(), logits.data_ptr<float>(), normaliser.data_ptr<float>(),
                 labels, dLogits.data_ptr<float>(), begin, end);
  });
  engine.give(dLogits);
}

}  // namespace

Methods lossMethods() {
  return {{"crossEntropy", crossEntropy}, {"crossEntropyGrad", crossEntropyGrad}};
}

}  // namespace capgrid
