// Scaled dot-product attention with several heads.
#include <ATen/ATen.h>

#include <limits>
#include <stdexcept>
#include <string>

#include "arguments.h"
#include "fused.h"
#include "gemm.h"

namespace capgrid {
namespace {

using at::Tensor;

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
  const Tensor q = byHead(query, heads) * numberAt(info, 5);
  Tensor scores = matrixProduct(q, byHead(keys, heads).transpose(-2, -1));
  const Tensor no = forbidden(mask, boolAt(info, 6), query.size(1), keys.size(1), query.device());
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
