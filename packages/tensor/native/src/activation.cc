#include "activation.h"

#include <ATen/ATen.h>

#include <stdexcept>

#include "arguments.h"

namespace capgrid {

Ending endingAt(Engine& engine, const Napi::CallbackInfo& info, std::size_t index) {
  Ending ending;
  ending.bias = engine.optionalInput(info, index);
  ending.activation = static_cast<Activation>(intAt(info, index + 1));
  ending.alpha = engine.optionalInput(info, index + 2);
  ending.slope = numberAt(info, index + 3);
  return ending;
}

void activate(at::Tensor& y, const Ending& ending) {
  switch (ending.activation) {
    case Activation::kLinear:
      return;
    case Activation::kRelu:
      y.relu_();
      return;
    case Activation::kRelu6:
      y.clamp_(0, 6);
      return;
    case Activation::kElu:
      at::elu_(y);
      return;
    case Activation::kSigmoid:
      y.sigmoid_();
      return;
    case Activation::kLeakyRelu:
      at::leaky_relu_(y, ending.slope);
      return;
    case Activation::kPrelu:
      if (!ending.alpha.defined()) throw std::invalid_argument("prelu lacks its weights");
      y = at::where(y < 0, at::mul(y, ending.alpha), y);
      return;
  }
  throw std::invalid_argument("there is no activation " +
                              std::to_string(static_cast<std::int32_t>(ending.activation)));
}

}  // namespace capgrid
