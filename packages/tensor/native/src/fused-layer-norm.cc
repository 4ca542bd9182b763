// Layer normalisation over the last axis.
#include <ATen/ATen.h>

#include <stdexcept>

#include "arguments.h"
#include "fused.h"

namespace capgrid {
namespace {

using at::Tensor;

// x [.., D] float32, contiguous
Tensor normalisedInput(Engine& engine, const Napi::CallbackInfo& info, std::size_t index) {
  const Tensor& x = engine.input(info, index);
  requireFloat(x, "x");
  if (x.dim() == 0) {
    throw std::invalid_argument("x should have rank 1 or more, it is " + describe(x));
  }
  return x.contiguous();
}

// layerNorm(x [.., D], gamma [D], beta [D], epsilon) -> y, mean [rows], inverseDeviation [rows]
void layerNorm(Engine& engine, const Napi::CallbackInfo& info) {
  engine.name("LayerNorm");
  const Tensor x = normalisedInput(engine, info, 0);
  const std::int64_t width = x.size(-1);
  const Tensor gamma = floatInput(engine, info, 1, "gamma", {width});
  const Tensor beta = floatInput(engine, info, 2, "beta", {width});
  auto [y, mean, inverse] = at::native_layer_norm(x, {width}, gamma, beta, numberAt(info, 3));
  engine.give(y);
  engine.give(mean.reshape({-1}));
  engine.give(inverse.reshape({-1}));
}

// layerNormGrad(dy, x, gamma, mean, inverseDeviation) -> dx, dgamma, dbeta
void layerNormGrad(Engine& engine, const Napi::CallbackInfo& info) {
  engine.name("LayerNormGrad");
  const Tensor x = normalisedInput(engine, info, 1);
  const std::int64_t width = x.size(-1);
  const std::int64_t rows = x.numel() / std::max<std::int64_t>(1, width);
  const Tensor dy = engine.input(info, 0).contiguous();
  requireFloat(dy, "dy");
  // libtorch reads as many values of it as x has, without a look at its shape.
  if (dy.sizes() != x.sizes()) {
    throw std::invalid_argument("dy should have the shape of x, " + describe(x) + ", it is " +
                                describe(dy));
  }
  const Tensor gamma = floatInput(engine, info, 2, "gamma", {width});
  const Tensor mean = floatInput(engine, info, 3, "mean", {rows});
  const Tensor inverse = floatInput(engine, info, 4, "inverseDeviation", {rows});
  std::vector<std::int64_t> shape = x.sizes().vec();
  shape.back() = 1;
  auto [dx, dgamma, dbeta] =
      at::native_layer_norm_backward(dy, x, {width}, mean.view(shape), inverse.view(shape), gamma,
                                     gamma, {true, true, true});
  engine.give(dx);
  engine.give(dgamma);
  engine.give(dbeta);
}

}  // namespace

Methods layerNormMethods() { return {{"layerNorm", layerNorm}, {"layerNormGrad", layerNormGrad}}; }

}  // namespace capgrid
