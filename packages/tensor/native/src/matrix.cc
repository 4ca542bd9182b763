// Matrix products.
#include <ATen/ATen.h>

#include <stdexcept>

#include "activation.h"
#include "arguments.h"
#include "gemm.h"
#include "methods.h"

namespace capgrid {
namespace {

using at::Tensor;

void requireMatrix(const Tensor& tensor, const char* what) {
  if (tensor.dim() >= 2) return;
  throw std::invalid_argument(std::string(what) + " should have rank 2 or more, it is " +
                              describe(tensor));
}

// Without leading axes of size 1: at::matmul then makes one large product of many small ones.
Tensor withoutSingleBatch(const Tensor& x) {
  const std::int64_t rows = x.size(-2), columns = x.size(-1);
  const bool isSingle = x.dim() > 2 && x.numel() == rows * columns && x.numel() > 0;
  return isSingle ? x.view({rows, columns}) : x;
}

std::vector<std::int64_t> shapeOfProduct(const Tensor& a, const Tensor& b) {
  auto shape = at::infer_size(a.sizes().slice(0, static_cast<std::size_t>(a.dim() - 2)),
                              b.sizes().slice(0, static_cast<std::size_t>(b.dim() - 2)));
  shape.push_back(a.size(-2));
  shape.push_back(b.size(-1));
  return shape;
}

struct Factors {
  Tensor a;
  Tensor b;
};

// Reads (a, b, transposeA, transposeB): the last two axes are multiplied, batches broadcast.
Factors factorsAt(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& a = engine.input(info, 0);
  const Tensor& b = engine.input(info, 1);
  requireMatrix(a, "a");
  requireMatrix(b, "b");
  Factors factors{boolAt(info, 2) ? a.transpose(-2, -1) : a,
                  boolAt(info, 3) ? b.transpose(-2, -1) : b};
  if (factors.a.size(-1) != factors.b.size(-2)) {
    throw std::invalid_argument("the inner sizes differ: " + std::to_string(factors.a.size(-1)) +
                                " of a, " + std::to_string(factors.b.size(-2)) + " of b");
  }
  return factors;
}

Tensor productOf(const Tensor& a, const Tensor& b) {
  if (a.dim() == 2 && b.dim() == 2 && a.scalar_type() == at::kFloat) return matrixProduct(a, b);
  const auto shape = shapeOfProduct(a, b);
  // cuBLAS has no product of integers; float64 holds the products of what int32 can sum exactly.
  if (a.is_cuda() && !a.is_floating_point()) {
    return at::matmul(a.to(at::kDouble), b.to(at::kDouble)).to(a.scalar_type()).view(shape);
  }
  return matrixProduct(withoutSingleBatch(a), withoutSingleBatch(b)).reshape(shape);
}

// matMul(a, b, transposeA, transposeB)
void matMul(Engine& engine, const Napi::CallbackInfo& info) {
  const auto [a, b] = factorsAt(engine, info);
  engine.give(productOf(a, b));
}

// fusedMatMul(a, b, transposeA, transposeB, bias | null, activation, alpha | null, slope)
void fusedMatMul(Engine& engine, const Napi::CallbackInfo& info) {
  const auto [a, b] = factorsAt(engine, info);
  const Ending ending = endingAt(engine, info, 4);
  const Tensor left = withoutSingleBatch(a), right = withoutSingleBatch(b);
  const bool isOneProduct = left.dim() == 2 && right.dim() == 2 && ending.bias.defined() &&
                            ending.bias.dim() == 1 && left.scalar_type() == at::kFloat;
  Tensor y;
  if (isOneProduct) {
    y = matrixProductPlus(ending.bias, left, right).view(shapeOfProduct(a, b));
  } else {
    y = productOf(a, b);
    if (ending.bias.defined()) y = at::add(y, ending.bias);
  }
  activate(y, ending);
  engine.give(std::move(y));
}

// einsum(equation, ids)
void einsum(Engine& engine, const Napi::CallbackInfo& info) {
  if (!info[0].IsString()) throw std::invalid_argument("the equation is not a string");
  const std::vector<Tensor> operands = engine.inputs(intsAt(info, 1));
  engine.give(at::einsum(info[0].As<Napi::String>().Utf8Value(), operands));
}

}  // namespace

Methods matrixMethods() {
  return {{"matMul", matMul}, {"fusedMatMul", fusedMatMul}, {"einsum", einsum}};
}

}  // namespace capgrid
