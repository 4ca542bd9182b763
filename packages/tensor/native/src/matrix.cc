// Matrix products.
#include <ATen/ATen.h>

#include "arguments.h"
#include "methods.h"

namespace capgrid {
namespace {

using at::Tensor;

// matMul(a, b, transposeA, transposeB): the last two axes, batches broadcast.
void matMul(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& a = engine.input(info, 0);
  const Tensor& b = engine.input(info, 1);
  const Tensor left = boolAt(info, 2) ? a.transpose(-2, -1) : a;
  const Tensor right = boolAt(info, 3) ? b.transpose(-2, -1) : b;
  engine.give(at::matmul(left, right));
}

}  // namespace

Methods matrixMethods() { return {{"matMul", matMul}}; }

}  // namespace capgrid
