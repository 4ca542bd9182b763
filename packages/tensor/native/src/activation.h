// Activations that a matrix product or a convolution ends with.
#pragma once
#include <ATen/core/Tensor.h>
#include <napi.h>

#include <cstdint>

#include "engine.h"

namespace capgrid {

// src/libtorch/kernels/activation.ts has the same numbers.
enum class Activation : std::int32_t {
  kLinear = 0,
  kRelu = 1,
  kRelu6 = 2,
  kElu = 3,
  kSigmoid = 4,
  kLeakyRelu = 5,
  kPrelu = 6,
};

// What follows a product: `bias` and `alpha` may be undefined tensors.
struct Ending {
  at::Tensor bias;
  Activation activation = Activation::kLinear;
  at::Tensor alpha;      // weights of prelu
  double slope = 0;      // of leaky relu
};

// Reads (bias or null, activation, alpha or null, slope) from argument `index` on.
Ending endingAt(Engine& engine, const Napi::CallbackInfo& info, std::size_t index);

// Changes `y`, which nobody else may hold, in place. The bias is not added here.
void activate(at::Tensor& y, const Ending& ending);

}  // namespace capgrid
