// Reads values back from a GPU without waiting for it.
#pragma once
#include <ATen/core/Tensor.h>
#include <c10/cuda/CUDAStream.h>
#include <napi.h>

namespace capgrid {

// Copies `tensor`, of the same size in bytes as `into`, when the operations before it on `stream`
// are done. The promise is rejected with an error of code device-failed when one of them failed.
Napi::Promise downloadLater(Napi::Env env, const at::Tensor& tensor, Napi::TypedArray into,
                            c10::cuda::CUDAStream stream);

}  // namespace capgrid
