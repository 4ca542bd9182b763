// Scaled dot-product attention with several heads. On the CPU one query per row, as a decoder asks, has
// loops of its own: its matrix products are too small to be worth a call each.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "arguments.h"
#include "fused.h"
#include "gemm.h"
#include "vector-math.h"

namespace capgrid {
namespace {

using at::Tensor;

struct Sizes {
  std::int64_t batch;
  std::int64_t keys;
  std::int64_t heads;
  std::int64_t width;   // of a head of query and keys
  std::int64_t values;  // of a head of the values
};

struct OneQueryForward {
  const float* query;
  const float* keys;
  const float* values;
  const bool* mask;  // null: every key takes part
  float scale;
  std::int64_t seen;  // keys from the first on that causal order lets the query see
  float* context;
  float* alpha;
};

CAPGRID_VECTORISED void attendRows(const OneQueryForward& t, const Sizes& n, std::int64_t begin,
                                   std::int64_t end) {
  for (std::int64_t b = begin; b < end; ++b) {
    const auto takesPart = [&](std::int64_t k) {
      return k < t.seen && (t.mask == nullptr || t.mask[b * n.keys + k]);
    };
    for (std::int64_t head = 0; head < n.heads; ++head) {
      const float* query = t.query + (b * n.heads + head) * n.width;
      float* alpha = t.alpha + (b * n.heads + head) * n.keys;
      float* context = t.context + (b * n.heads + head) * n.values;
      float most = -std::numeric_limits<float>::infinity();
      for (std::int64_t k = 0; k < n.keys; ++k) {
        const float* key = t.keys + ((b * n.keys + k) * n.heads + head) * n.width;
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int64_t d = 0; d < n.width; ++d) sum += query[d] * key[d];
        alpha[k] = sum * t.scale;
        if (takesPart(k) && alpha[k] > most) most = alpha[k];
      }
      float total = 0;
      for (std::int64_t k = 0; k < n.keys; ++k) {
        alpha[k] = takesPart(k) ? fastExp(alpha[k] - most) : 0.0F;
        total += alpha[k];
      }
      // Without any key it is 0; NaN stays.
      const float share = total == 0 ? 0 : 1 / total;
      for (std::int64_t d = 0; d < n.values; ++d) context[d] = 0;
      for (std::int64_t k = 0; k < n.keys; ++k) {
        alpha[k] *= share;
        const float weight = alpha[k];
        const float* value = t.values + ((b * n.keys + k) * n.heads + head) * n.values;
#pragma omp simd
        for (std::int64_t d = 0; d < n.values; ++d) context[d] += weight * value[d];
      }
    }
  }
}

struct OneQueryBackward {
  const float* dContext;
  const float* query;
  const float* keys;
  const float* values;
  const float* alpha;
  float scale;
  float* dQuery;
  float* dKeys;
  float* dValues;
};

CAPGRID_VECTORISED void attendGradRows(const OneQueryBackward& t, const Sizes& n, std::int64_t begin,
                                       std::int64_t end) {
  std::vector<float> dAlpha(static_cast<std::size_t>(n.keys));
  for (std::int64_t b = begin; b < end; ++b) {
    for (std::int64_t head = 0; head < n.heads; ++head) {
      const float* dContext = t.dContext + (b * n.heads + head) * n.values;
      const float* alpha = t.alpha + (b * n.heads + head) * n.keys;
      const float* query = t.query + (b * n.heads + head) * n.width;
      float* dQuery = t.dQuery + (b * n.heads + head) * n.width;
      float mean = 0;
      for (std::int64_t k = 0; k < n.keys; ++k) {
        const std::int64_t at = ((b * n.keys + k) * n.heads + head) * n.values;
        const float* value = t.values + at;
        float* dValue = t.dValues + at;
        const float weight = alpha[k];
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int64_t d = 0; d < n.values; ++d) {
          sum += dContext[d] * value[d];
          dValue[d] = weight * dContext[d];
        }
        dAlpha[static_cast<std::size_t>(k)] = sum;
        mean += weight * sum;
      }
      for (std::int64_t d = 0; d < n.width; ++d) dQuery[d] = 0;
      for (std::int64_t k = 0; k < n.keys; ++k) {
        // Gradient of the softmax.
        const float ds = alpha[k] * (dAlpha[static_cast<std::size_t>(k)] - mean) * t.scale;
        const std::int64_t at = ((b * n.keys + k) * n.heads + head) * n.width;
        const float* key = t.keys + at;
        float* dKey = t.dKeys + at;
#pragma omp simd
        for (std::int64_t d = 0; d < n.width; ++d) {
          dKey[d] = ds * query[d];
          dQuery[d] += ds * key[d];
        }
      }
    }
  }
}

bool isOneQueryOnCpu(const Tensor& query) { return query.is_cpu() && query.size(1) == 1; }

Sizes sizesOf(const Tensor& keys, const Tensor& values, std::int64_t heads) {
  return {keys.size(0), keys.size(1), heads, keys.size(2) / heads, values.size(2) / heads};
}

std::int64_t grainOf(const Sizes& n) {
  return grainFor(n.keys * n.heads * std::max(n.width, n.values));
}

// Fails unless the last axis of `x` divides into as many equal parts.
void requireHeads(const Tensor& x, std::int64_t heads, const char* name) {
  if (heads < 1) {
    throw std::invalid_argument("there should be 1 head or more, not " + std::to_string(heads));
  }
  const std::int64_t width = x.size(-1);
  if (width % heads == 0) return;
  throw std::invalid_argument(std::to_string(heads) + " heads cannot share the " +
                              std::to_string(width) + " values of " + name);
}

// [B, T, M] -> [B, heads, T, M / heads], a view
Tensor byHead(const Tensor& x, std::int64_t heads) {
  return x.view({x.size(0), x.size(1), heads, x.size(2) / heads}).transpose(1, 2);
}

// [B, heads, T, W] -> [B, T, heads * W]
Tensor joinHeads(const Tensor& x) {
  return x.transpose(1, 2).reshape({x.size(0), x.size(2), x.size(1) * x.size(3)});
}

// True where a score must not count (in causal order query t sees the keys 0 to t only), broadcastable
// to [B, heads, Tq, Tk]; undefined: nowhere.
Tensor forbidden(const Tensor& mask, bool isCausal, std::int64_t queries, std::int64_t keys,
                 const at::Device device) {
  Tensor result;
  if (mask.defined()) result = mask.logical_not().unsqueeze(1).unsqueeze(1);
  if (isCausal) {
    const Tensor later = at::ones({queries, keys}, at::TensorOptions(at::kBool).device(device))
                             .triu(1);
    result = result.defined() ? at::logical_or(result, later) : later;
  }
  return result;
}

// multiHeadAttention(query [B, Tq, M], keys [B, Tk, M], values [B, Tk, M], mask [B, Tk] or null,
//   heads, scale, isCausal) -> context [B, Tq, M], alpha [B, heads, Tq, Tk]
void multiHeadAttention(Engine& engine, const Napi::CallbackInfo& info) {
  engine.name("MultiHeadAttention");
  const Tensor query = floatInput(engine, info, 0, "query", {-1, -1, -1});
  const std::int64_t batch = query.size(0);
  const std::int64_t model = query.size(2);
  const Tensor keys = floatInput(engine, info, 1, "keys", {batch, -1, model});
  const Tensor values = floatInput(engine, info, 2, "values", {batch, keys.size(1), -1});
  const Tensor mask = optionalMask(engine, info, 3);
  if (mask.defined()) requireShape(mask, {batch, keys.size(1)}, "mask");
  const std::int64_t heads = intAt(info, 4);
  requireHeads(query, heads, "query");
  requireHeads(values, heads, "values");
  const double scale = numberAt(info, 5);
  const bool isCausal = boolAt(info, 6);
  if (isOneQueryOnCpu(query)) {
    const Sizes n = sizesOf(keys, values, heads);
    const Tensor context = at::empty({batch, 1, values.size(2)}, query.options());
    const Tensor alpha = at::empty({batch, heads, 1, n.keys}, query.options());
    const OneQueryForward t{query.data_ptr<float>(),
                            keys.data_ptr<float>(),
                            values.data_ptr<float>(),
                            mask.defined() ? mask.data_ptr<bool>() : nullptr,
                            static_cast<float>(scale),
                            isCausal ? 1 : n.keys,
                            context.data_ptr<float>(),
                            alpha.data_ptr<float>()};
    at::parallel_for(0, batch, grainOf(n), [&](std::int64_t begin, std::int64_t end) {
      attendRows(t, n, begin, end);
    });
    engine.give(context);
    engine.give(alpha);
    return;
  }
  const Tensor q = byHead(query, heads) * scale;
  Tensor scores = matrixProduct(q, byHead(keys, heads).transpose(-2, -1));
  const Tensor no = forbidden(mask, isCausal, query.size(1), keys.size(1), query.device());
  if (no.defined()) scores.masked_fill_(no, -std::numeric_limits<float>::infinity());
  Tensor alpha = at::softmax(scores, -1);
  // A row without any key is NaN after the softmax; it attends to nothing.
  if (mask.defined()) alpha = alpha.masked_fill(no, 0);
  engine.give(joinHeads(matrixProduct(alpha, byHead(values, heads))));
  engine.give(alpha);
}

// multiHeadAttentionGrad(dContext, query, keys, values, alpha, heads, scale)
//   -> dQuery, dKeys, dValues
void multiHeadAttentionGrad(Engine& engine, const Napi::CallbackInfo& info) {
  engine.name("MultiHeadAttentionGrad");
  const Tensor query = floatInput(engine, info, 1, "query", {-1, -1, -1});
  const std::int64_t batch = query.size(0);
  const Tensor keys = floatInput(engine, info, 2, "keys", {batch, -1, query.size(2)});
  const Tensor values = floatInput(engine, info, 3, "values", {batch, keys.size(1), -1});
  const Tensor dContext = floatInput(engine, info, 0, "dContext", {batch, query.size(1), values.size(2)});
  const std::int64_t heads = intAt(info, 5);
  requireHeads(query, heads, "query");
  requireHeads(values, heads, "values");
  const Tensor alpha =
      floatInput(engine, info, 4, "alpha", {batch, heads, query.size(1), keys.size(1)});
  const double scale = numberAt(info, 6);
  if (isOneQueryOnCpu(query)) {
    const Sizes n = sizesOf(keys, values, heads);
    const Tensor dQuery = at::empty_like(query);
    const Tensor dKeys = at::empty_like(keys);
    const Tensor dValues = at::empty_like(values);
    const OneQueryBackward t{dContext.data_ptr<float>(), query.data_ptr<float>(),
                             keys.data_ptr<float>(),     values.data_ptr<float>(),
                             alpha.data_ptr<float>(),    static_cast<float>(scale),
                             dQuery.data_ptr<float>(),   dKeys.data_ptr<float>(),
                             dValues.data_ptr<float>()};
    at::parallel_for(0, batch, grainOf(n), [&](std::int64_t begin, std::int64_t end) {
      attendGradRows(t, n, begin, end);
    });
    engine.give(dQuery);
    engine.give(dKeys);
    engine.give(dValues);
    return;
  }
  const Tensor dOut = byHead(dContext, heads);
  const Tensor dAlpha = matrixProduct(dOut, byHead(values, heads).transpose(-2, -1));
  const Tensor dScores = at::_softmax_backward_data(dAlpha, alpha, -1, at::kFloat) * scale;
  engine.give(joinHeads(matrixProduct(dScores, byHead(keys, heads))));
  engine.give(joinHeads(matrixProduct(dScores.transpose(-2, -1), byHead(query, heads))));
  engine.give(joinHeads(matrixProduct(alpha.transpose(-2, -1), dOut)));
}

}  // namespace

Methods multiHeadAttentionMethods() {
  return {{"multiHeadAttention", multiHeadAttention},
          {"multiHeadAttentionGrad", multiHeadAttentionGrad}};
}

}  // namespace capgrid
