// The fused kernels of @capgrid/ops.
#include "fused.h"

#include <ATen/ATen.h>

#include "arguments.h"

namespace capgrid {

at::Tensor floatInput(Engine& engine, const Napi::CallbackInfo& info, std::size_t index,
                      const char* name, std::initializer_list<std::int64_t> shape) {
  const at::Tensor& tensor = engine.input(info, index);
  requireFloat(tensor, name);
  requireShape(tensor, shape, name);
  return tensor.contiguous();
}

at::Tensor optionalMask(Engine& engine, const Napi::CallbackInfo& info, std::size_t index) {
  const at::Tensor mask = engine.optionalInput(info, index);
  return mask.defined() ? mask.to(at::kBool).contiguous() : mask;
}

Methods fusedMethods() {
  Methods all;
  for (const auto& group :
       {recurrentMethods(), mlpAttentionMethods(), multiHeadAttentionMethods(), layerNormMethods(),
        weightNormMethods(), lossMethods(), optimizerMethods()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

}  // namespace capgrid
