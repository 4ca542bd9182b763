// Additive attention: scores, softmax and context in one pass.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "arguments.h"
#include "fused.h"
#include "vector-math.h"

namespace capgrid {
namespace {

using at::Tensor;

struct Sizes {
  std::int64_t batch;
  std::int64_t regions;
  std::int64_t width;   // of keys and query
  std::int64_t values;  // of a value
};

struct MlpForward {
  const float* keys;
  const float* query;
  const float* score;
  const float* values;
  const bool* mask;  // null: every region takes part
  float* context;
  float* alpha;
};

CAPGRID_VECTORISED void mlpImages(const MlpForward& t, const Sizes& n, std::int64_t begin,
                                  std::int64_t end) {
  // Read from `t` in the loop over the width, they would keep it from becoming vector code.
  const float* score = t.score;
  const std::int64_t width = n.width;
  for (std::int64_t b = begin; b < end; ++b) {
    const float* query = t.query + b * width;
    float* alpha = t.alpha + b * n.regions;
    float most = -std::numeric_limits<float>::infinity();
    for (std::int64_t k = 0; k < n.regions; ++k) {
      const float* key = t.keys + (b * n.regions + k) * width;
      float sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t d = 0; d < width; ++d) sum += score[d] * fastTanh(key[d] + query[d]);
      alpha[k] = sum;
      const bool takesPart = t.mask == nullptr || t.mask[b * n.regions + k];
      if (takesPart && sum > most) most = sum;
    }
    float total = 0;
    for (std::int64_t k = 0; k < n.regions; ++k) {
      const bool takesPart = t.mask == nullptr || t.mask[b * n.regions + k];
      alpha[k] = takesPart ? fastExp(alpha[k] - most) : 0.0F;
      total += alpha[k];
    }
    const float scale = total > 0 ? 1 / total : 0;
    float* context = t.context + b * n.values;
    for (std::int64_t d = 0; d < n.values; ++d) context[d] = 0;
    for (std::int64_t k = 0; k < n.regions; ++k) {
      alpha[k] *= scale;
      const float weight = alpha[k];
      const float* value = t.values + (b * n.regions + k) * n.values;
#pragma omp simd
      for (std::int64_t d = 0; d < n.values; ++d) context[d] += weight * value[d];
    }
  }
}

struct MlpBackward {
  const float* dContext;
  const float* dAlpha;
  const float* keys;
  const float* query;
  const float* score;
  const float* values;
  const float* alpha;
  float* dKeys;  // added to
  float* dQuery;
  float* dScore;  // [batch, width]: summed over the batch afterwards, in a fixed order
  float* dValues;  // added to
};

CAPGRID_VECTORISED void mlpGradImages(const MlpBackward& t, const Sizes& n, std::int64_t begin,
                                      std::int64_t end) {
  std::vector<float> dScores(static_cast<std::size_t>(n.regions));
  for (std::int64_t b = begin; b < end; ++b) {
    const float* dContext = t.dContext + b * n.values;
    const float* alpha = t.alpha + b * n.regions;
    const float* query = t.query + b * n.width;
    float* dQuery = t.dQuery + b * n.width;
    float* dScore = t.dScore + b * n.width;
    float mean = 0;
    for (std::int64_t k = 0; k < n.regions; ++k) {
      const float* value = t.values + (b * n.regions + k) * n.values;
      float* dValue = t.dValues + (b * n.regions + k) * n.values;
      const float weight = alpha[k];
      float sum = t.dAlpha[b * n.regions + k];
#pragma omp simd reduction(+ : sum)
      for (std::int64_t d = 0; d < n.values; ++d) {
        sum += dContext[d] * value[d];
        dValue[d] += weight * dContext[d];
      }
      dScores[static_cast<std::size_t>(k)] = sum;
      mean += weight * sum;
    }
    for (std::int64_t d = 0; d < n.width; ++d) dQuery[d] = dScore[d] = 0;
    for (std::int64_t k = 0; k < n.regions; ++k) {
      // Gradient of the softmax.
      const float ds = alpha[k] * (dScores[static_cast<std::size_t>(k)] - mean);
      const float* key = t.keys + (b * n.regions + k) * n.width;
      float* dKey = t.dKeys + (b * n.regions + k) * n.width;
#pragma omp simd
      for (std::int64_t d = 0; d < n.width; ++d) {
        const float mixed = fastTanh(key[d] + query[d]);
        const float dMixed = ds * t.score[d] * (1 - mixed * mixed);
        dKey[d] += dMixed;
        dQuery[d] += dMixed;
        dScore[d] += ds * mixed;
      }
    }
  }
}

Sizes sizesOf(const Tensor& keys, const Tensor& values) {
  return {keys.size(0), keys.size(1), keys.size(2), values.size(2)};
}

std::int64_t grainOf(const Sizes& n) { return grainFor(n.regions * n.width); }

// mlpAttention(keys [B, K, D], query [B, D], score [D], values [B, K, V], mask [B, K] or null)
//   -> context [B, V], alpha [B, K]
void mlpAttention(Engine& engine, const Napi::CallbackInfo& info) {
  engine.name("MlpAttention");
  const Tensor keys = floatInput(engine, info, 0, "keys", {-1, -1, -1});
  const Tensor values = floatInput(engine, info, 3, "values", {keys.size(0), keys.size(1), -1});
  const Sizes n = sizesOf(keys, values);
  const Tensor query = floatInput(engine, info, 1, "query", {n.batch, n.width});
  const Tensor score = floatInput(engine, info, 2, "score", {n.width});
  const Tensor mask = optionalMask(engine, info, 4);
  if (mask.defined()) requireShape(mask, {n.batch, n.regions}, "mask");
  if (keys.is_cuda()) {
    Tensor scores = at::matmul(at::tanh(keys + query.unsqueeze(1)), score);
    if (mask.defined()) scores = scores.masked_fill(mask.logical_not(), -1e30F);
    Tensor alpha = at::softmax(scores, -1);
    if (mask.defined()) alpha = alpha * mask.to(at::kFloat);
    engine.give(at::bmm(alpha.unsqueeze(1), values).squeeze(1));
    engine.give(alpha);
    return;
  }
  const Tensor context = at::empty({n.batch, n.values}, keys.options());
  const Tensor alpha = at::empty({n.batch, n.regions}, keys.options());
  const MlpForward t{keys.data_ptr<float>(),
                     query.data_ptr<float>(),
                     score.data_ptr<float>(),
                     values.data_ptr<float>(),
                     mask.defined() ? mask.data_ptr<bool>() : nullptr,
                     context.data_ptr<float>(),
                     alpha.data_ptr<float>()};
  at::parallel_for(0, n.batch, grainOf(n), [&](std::int64_t begin, std::int64_t end) {
    mlpImages(t, n, begin, end);
  });
  engine.give(context);
  engine.give(alpha);
}

struct MlpTensors {
  Tensor keys;
  Tensor query;
  Tensor score;
  Tensor values;
  Tensor alpha;
};

// Where the gradients of what all queries share are summed up.
struct MlpSums {
  Tensor keys;
  Tensor score;
  Tensor values;
};

// Adds to `sums`; returns dQuery. An undefined dAlpha stands for 0.
Tensor addMlpGradients(const MlpTensors& t, const Tensor& dContext, const Tensor& dAlpha,
                       const MlpSums& sums) {
  const Sizes n = sizesOf(t.keys, t.values);
  if (t.keys.is_cuda()) {
    Tensor dWeights = at::bmm(t.values, dContext.unsqueeze(2)).squeeze(2);
    if (dAlpha.defined()) dWeights = dWeights + dAlpha;
    const Tensor dScores = t.alpha * (dWeights - (t.alpha * dWeights).sum(1, true));  // [B, K]
    const Tensor mixed = at::tanh(t.keys + t.query.unsqueeze(1));
    const Tensor dKeys = dScores.unsqueeze(2) * t.score * (1 - mixed * mixed);
    sums.keys.add_(dKeys);
    sums.score.add_(at::matmul(dScores.reshape({1, -1}), mixed.reshape({-1, n.width})).squeeze(0));
    sums.values.addcmul_(t.alpha.unsqueeze(2), dContext.unsqueeze(1));
    return dKeys.sum(1);
  }
  const Tensor dAlphaOrZero = dAlpha.defined() ? dAlpha : at::zeros_like(t.alpha);
  const Tensor dQuery = at::empty_like(t.query);
  const Tensor dScore = at::empty_like(t.query);
  const MlpBackward pointers{
      dContext.data_ptr<float>(),    dAlphaOrZero.data_ptr<float>(), t.keys.data_ptr<float>(),
      t.query.data_ptr<float>(),     t.score.data_ptr<float>(),      t.values.data_ptr<float>(),
      t.alpha.data_ptr<float>(),     sums.keys.data_ptr<float>(),    dQuery.data_ptr<float>(),
      dScore.data_ptr<float>(),      sums.values.data_ptr<float>()};
  at::parallel_for(0, n.batch, grainOf(n), [&](std::int64_t begin, std::int64_t end) {
    mlpGradImages(pointers, n, begin, end);
  });
  sums.score.add_(dScore.sum(0));
  return dQuery;
}

// The inputs keys, query, score, values and alpha from the given positions on.
MlpTensors mlpTensors(Engine& engine, const Napi::CallbackInfo& info, std::size_t first) {
  const Tensor keys = floatInput(engine, info, first, "keys", {-1, -1, -1});
  const std::int64_t batch = keys.size(0);
  return {keys, floatInput(engine, info, first + 1, "query", {batch, keys.size(2)}),
          floatInput(engine, info, first + 2, "score", {keys.size(2)}),
          floatInput(engine, info, first + 3, "values", {batch, keys.size(1), -1}),
          floatInput(engine, info, first + 4, "alpha", {batch, keys.size(1)})};
}

// mlpAttentionGrad(dContext, dAlpha, keys, query, score, values, alpha)
//   -> dKeys, dQuery, dScore, dValues
void mlpAttentionGrad(Engine& engine, const Napi::CallbackInfo& info) {
  engine.name("MlpAttentionGrad");
  const MlpTensors t = mlpTensors(engine, info, 2);
  const Sizes n = sizesOf(t.keys, t.values);
  const Tensor dContext = floatInput(engine, info, 0, "dContext", {n.batch, n.values});
  const Tensor dAlpha = floatInput(engine, info, 1, "dAlpha", {n.batch, n.regions});
  const MlpSums sums{at::zeros_like(t.keys), at::zeros_like(t.score), at::zeros_like(t.values)};
  const Tensor dQuery = addMlpGradients(t, dContext, dAlpha, sums);
  engine.give(sums.keys);
  engine.give(dQuery);
  engine.give(sums.score);
  engine.give(sums.values);
}

// A float32 tensor that is changed in place, so it must not be copied to become contiguous.
Tensor sumAt(Engine& engine, const Napi::CallbackInfo& info, std::size_t index, const char* name,
             std::initializer_list<std::int64_t> shape) {
  const Tensor& sum = engine.input(info, index);
  requireFloat(sum, name);
  requireShape(sum, shape, name);
  if (!sum.is_contiguous()) throw std::invalid_argument(std::string(name) + " is not contiguous");
  return sum;
}

// mlpAttentionGradSum(dContext, keys, query, score, values, alpha, dKeys, dScore, dValues) -> dQuery;
//   adds to dKeys, dScore and dValues in place.
void mlpAttentionGradSum(Engine& engine, const Napi::CallbackInfo& info) {
  engine.name("MlpAttentionGradSum");
  const MlpTensors t = mlpTensors(engine, info, 1);
  const Sizes n = sizesOf(t.keys, t.values);
  const Tensor dContext = floatInput(engine, info, 0, "dContext", {n.batch, n.values});
  const MlpSums sums{sumAt(engine, info, 6, "dKeys", {n.batch, n.regions, n.width}),
                     sumAt(engine, info, 7, "dScore", {n.width}),
                     sumAt(engine, info, 8, "dValues", {n.batch, n.regions, n.values})};
  engine.give(addMlpGradients(t, dContext, {}, sums));
}

}  // namespace

Methods mlpAttentionMethods() {
  return {{"mlpAttention", mlpAttention},
          {"mlpAttentionGrad", mlpAttentionGrad},
          {"mlpAttentionGradSum", mlpAttentionGradSum}};
}

}  // namespace capgrid
