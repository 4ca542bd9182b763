// What the files of fused kernels have in common.
#pragma once
#include <ATen/core/Tensor.h>

#include <initializer_list>

#include "engine.h"
#include "methods.h"

namespace capgrid {

// A float32 input of the given shape (-1: any size), contiguous. Throws std::invalid_argument that
// names the input, the expected and the actual shape.
at::Tensor floatInput(Engine& engine, const Napi::CallbackInfo& info, std::size_t index,
                      const char* name, std::initializer_list<std::int64_t> shape);

// Values that one task of a parallel loop should handle at least.
constexpr std::int64_t kGrain = 8192;

Methods recurrentMethods();
Methods attentionMethods();
Methods normMethods();
Methods lossMethods();
Methods optimizerMethods();

}  // namespace capgrid
