#include "gemm.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>
#include <limits>

#include "find-symbol.h"

namespace capgrid {
namespace {

using at::Tensor;

// CBLAS, as OpenBLAS exports it.
constexpr int kRowMajor = 101;
constexpr int kPlain = 111;
constexpr int kTransposed = 112;
using Sgemm = void (*)(int order, int transA, int transB, int m, int n, int k, float alpha,
                       const float* a, int lda, const float* b, int ldb, float beta, float* c, int ldc);

bool hasOwnThreads() {
  const auto parallel = findSymbol<int (*)()>("openblas_get_parallel");
  return parallel != nullptr && parallel() == 1;  // 0: none, 1: POSIX threads, 2: OpenMP
}

// Null where libtorch's own products are the better ones.
Sgemm sgemm() {
  static const Sgemm function = hasOwnThreads() ? findSymbol<Sgemm>("cblas_sgemm") : nullptr;
  return function;
}

// A matrix as BLAS reads it; `tensor` keeps the memory alive.
struct Matrix {
  Tensor tensor;
  const float* data;
  int transposition;
  int stride;
};

bool isRowMajor(const Tensor& x) { return x.stride(1) == 1 && x.stride(0) >= std::max<std::int64_t>(1, x.size(1)); }
bool isColumnMajor(const Tensor& x) { return x.stride(0) == 1 && x.stride(1) >= std::max<std::int64_t>(1, x.size(0)); }

Matrix matrixOf(const Tensor& x) {
  if (isRowMajor(x)) return {x, x.data_ptr<float>(), kPlain, static_cast<int>(x.stride(0))};
  if (isColumnMajor(x)) return {x, x.data_ptr<float>(), kTransposed, static_cast<int>(x.stride(1))};
  const Tensor copy = x.contiguous();
  return {copy, copy.data_ptr<float>(), kPlain, static_cast<int>(std::max<std::int64_t>(1, x.size(1)))};
}

// Below this many multiplications a second thread costs more than it gives.
constexpr std::int64_t kLeastWork = 1 << 17;
// Widths of a part are multiples of this, the vector width of the kernels in floats.
constexpr std::int64_t kPartUnit = 16;

struct Part {
  std::int64_t begin;
  std::int64_t end;
};

Part partOf(std::int64_t size, std::int64_t parts, std::int64_t index) {
  const std::int64_t units = (size + kPartUnit - 1) / kPartUnit;
  return {std::min(size, units * index / parts * kPartUnit),
          std::min(size, units * (index + 1) / parts * kPartUnit)};
}

// c [m, n] (row-major) = a b + beta c, cut along the longer side of c, unless other threads compute
// other products already: parallel loops do not nest.
void product(const Tensor& left, const Tensor& right, float beta, float* c) {
  const Matrix a = matrixOf(left);
  const Matrix b = matrixOf(right);
  const std::int64_t m = left.size(0);
  const std::int64_t k = left.size(1);
  const std::int64_t n = right.size(1);
  const bool cutsColumns = n >= m;
  const std::int64_t size = cutsColumns ? n : m;
  const std::int64_t parts =
      at::in_parallel_region() || m * n * k < kLeastWork ? 1 : std::min<std::int64_t>(at::get_num_threads(), (size + kPartUnit - 1) / kPartUnit);
  at::parallel_for(0, parts, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t index = begin; index < end; ++index) {
      const Part part = partOf(size, parts, index);
      const std::int64_t count = part.end - part.begin;
      if (count == 0) continue;
      const std::int64_t row = cutsColumns ? 0 : part.begin;
      const std::int64_t column = cutsColumns ? part.begin : 0;
      const float* aPart = a.data + row * (a.transposition == kPlain ? a.stride : 1);
      const float* bPart = b.data + column * (b.transposition == kPlain ? 1 : b.stride);
      sgemm()(kRowMajor, a.transposition, b.transposition, static_cast<int>(cutsColumns ? m : count),
              static_cast<int>(cutsColumns ? count : n), static_cast<int>(k), 1.0F, aPart, a.stride,
              bPart, b.stride, beta, c + row * n + column, static_cast<int>(n));
    }
  });
}

// CBLAS takes sizes and strides as int.
bool fitsInt(const Tensor& x) {
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();
  const auto fits = [](std::int64_t value) { return value <= kMost; };
  return std::all_of(x.sizes().begin(), x.sizes().end(), fits) &&
         std::all_of(x.strides().begin(), x.strides().end(), fits) &&
         fits(x.numel() / x.size(-1));  // rows of all batches
}

bool isOurs(const Tensor& a, const Tensor& b) {
  return sgemm() != nullptr && a.is_cpu() && a.scalar_type() == at::kFloat &&
         b.scalar_type() == at::kFloat && a.numel() > 0 && b.numel() > 0 && fitsInt(a) && fitsInt(b);
}

// [batch, m, k] times [batch, k, n], one matrix per task.
Tensor batchProduct(const Tensor& a, const Tensor& b) {
  const std::int64_t batch = a.size(0);
  const std::int64_t m = a.size(1);
  const std::int64_t n = b.size(2);
  Tensor c = at::empty({batch, m, n}, a.options());
  float* data = c.data_ptr<float>();
  const std::int64_t work = std::max<std::int64_t>(1, m * n * a.size(2));
  // Few large matrices are cut themselves: parallel loops do not nest.
  const std::int64_t grain = batch < at::get_num_threads() ? batch : std::max<std::int64_t>(1, kLeastWork / work);
  at::parallel_for(0, batch, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) product(a.select(0, i), b.select(0, i), 0.0F, data + i * m * n);
  });
  return c;
}

}  // namespace

Tensor matrixProduct(const Tensor& a, const Tensor& b) {
  const bool isMatching = a.dim() >= 2 && b.dim() >= 2 && a.size(-1) == b.size(-2);
  if (!isMatching || !isOurs(a, b)) return at::matmul(a, b);
  if (b.dim() == 2) {
    // One product over all rows of all batches.
    const Tensor rows = a.dim() == 2 ? a : a.reshape({-1, a.size(-1)});
    const Tensor c = at::empty({rows.size(0), b.size(1)}, a.options());
    product(rows, b, 0.0F, c.data_ptr<float>());
    if (a.dim() == 2) return c;
    std::vector<std::int64_t> shape = a.sizes().vec();
    shape.back() = b.size(1);
    return c.view(shape);
  }
  if (a.dim() == 3 && b.dim() == 3 && a.size(0) == b.size(0)) return batchProduct(a, b);
  if (a.dim() == b.dim() && a.sizes().slice(0, a.dim() - 2) == b.sizes().slice(0, b.dim() - 2)) {
    const Tensor left = a.reshape({-1, a.size(-2), a.size(-1)});
    const Tensor right = b.reshape({-1, b.size(-2), b.size(-1)});
    std::vector<std::int64_t> shape = a.sizes().vec();
    shape.back() = b.size(-1);
    return batchProduct(left, right).view(shape);
  }
  return at::matmul(a, b);
}

Tensor matrixProductPlus(const Tensor& bias, const Tensor& a, const Tensor& b) {
  if (!isOurs(a, b) || a.size(1) != b.size(0)) return at::addmm(bias, a, b);
  const Tensor c = bias.expand({a.size(0), b.size(1)}).clone(at::MemoryFormat::Contiguous);
  product(a, b, 1.0F, c.data_ptr<float>());
  return c;
}

void setBlasThreads(int count) {
  if (const auto set = findSymbol<void (*)(int)>("openblas_set_num_threads")) {
    set(hasOwnThreads() && sgemm() != nullptr ? 1 : count);
  }
}

}  // namespace capgrid
