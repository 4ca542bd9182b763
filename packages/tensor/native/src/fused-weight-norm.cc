// The weight-normalised linear layer.
#include <ATen/ATen.h>

#include "arguments.h"
#include "fused.h"
#include "gemm.h"

namespace capgrid {
namespace {

using at::Tensor;

// weightNormLinear(x [N, I], weight [O, I], scale [O, 1], bias [O], epsilon)
//   -> y [N, O], inverseNorm [O, 1]
void weightNormLinear(Engine& engine, const Napi::CallbackInfo& info) {
  engine.name("WeightNormLinear");
  const Tensor x = floatInput(engine, info, 0, "x", {-1, -1});
  const Tensor weight = floatInput(engine, info, 1, "weight", {-1, x.size(1)});
  const Tensor scale = floatInput(engine, info, 2, "scale", {weight.size(0), 1});
  const Tensor bias = floatInput(engine, info, 3, "bias", {weight.size(0)});
  const Tensor inverse = at::rsqrt(at::sum(weight * weight, {1}, true) + numberAt(info, 4));
  engine.give(matrixProductPlus(bias, x, at::mul(weight, scale * inverse).t()));
  engine.give(inverse);
}

// weightNormLinearGrad(dy [N, O], x, weight, scale, inverseNorm) -> dx, dweight, dscale, dbias
void weightNormLinearGrad(Engine& engine, const Napi::CallbackInfo& info) {
  engine.name("WeightNormLinearGrad");
  const Tensor x = floatInput(engine, info, 1, "x", {-1, -1});
  const Tensor weight = floatInput(engine, info, 2, "weight", {-1, x.size(1)});
  const Tensor dy = floatInput(engine, info, 0, "dy", {x.size(0), weight.size(0)});
  const Tensor scale = floatInput(engine, info, 3, "scale", {weight.size(0), 1});
  const Tensor inverse = floatInput(engine, info, 4, "inverseNorm", {weight.size(0), 1});
  // Of w~ = g w / |w|: dg = (dw~ . w) / |w|, dw = g / |w| (dw~ - w (dw~ . w) / |w|^2).
  engine.give(matrixProduct(dy, at::mul(weight, scale * inverse)));
  Tensor gradient = matrixProduct(dy.t(), x);  // dw~ [O, I]
  const Tensor along = at::sum(gradient * weight, {1}, true);
  gradient.addcmul_(weight, along * inverse * inverse, -1).mul_(scale * inverse);
  engine.give(gradient);
  engine.give(along * inverse);
  engine.give(at::sum(dy, {0}));
}

}  // namespace

Methods weightNormMethods() {
  return {{"weightNormLinear", weightNormLinear}, {"weightNormLinearGrad", weightNormLinearGrad}};
}

}  // namespace capgrid
