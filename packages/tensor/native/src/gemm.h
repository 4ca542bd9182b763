// Matrix products of float32. OpenBLAS built for POSIX threads would fight with the OpenMP threads of
// libtorch's own loops over the cores (a product between two loops takes several times as long), so
// there each call of OpenBLAS gets one thread and the product is cut among libtorch's threads.
#pragma once
#include <ATen/core/Tensor.h>

namespace capgrid {

// As at::matmul: the last two axes, batch axes broadcast.
at::Tensor matrixProduct(const at::Tensor& a, const at::Tensor& b);

// bias [n] + a [m, k] b [k, n]
at::Tensor matrixProductPlus(const at::Tensor& bias, const at::Tensor& a, const at::Tensor& b);

// Called when the number of threads changes: leaves one thread to an OpenBLAS with threads of its own.
void setBlasThreads(int count);

}  // namespace capgrid
