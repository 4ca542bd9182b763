// Convolutions over two or three axes of space, with the channels last as TensorFlow has them or
// first, and their gradients.
#include <ATen/ATen.h>

#include <algorithm>
#include <stdexcept>

#include "activation.h"
#include "arguments.h"
#include "methods.h"
#include "window.h"

namespace capgrid {
namespace {

using at::Tensor;

// [..space, in, out] to libtorch's [out, in / groups, ..space]. A depthwise filter is
// [..space, in, multiplier]; there each input channel is a group of its own.
Tensor filterForTorch(const Tensor& filter, bool isDepthwise) {
  const std::int64_t space = filter.dim() - 2;
  std::vector<std::int64_t> order = isDepthwise ? std::vector<std::int64_t>{space, space + 1}
                                                : std::vector<std::int64_t>{space + 1, space};
  for (std::int64_t axis = 0; axis < space; ++axis) order.push_back(axis);
  const Tensor moved = filter.permute(order);
  return isDepthwise ? moved.flatten(0, 1).unsqueeze(1) : moved;
}

// The inverse, for a gradient: `shape` is that of TensorFlow's filter.
Tensor filterForTensorFlow(const Tensor& moved, const std::vector<std::int64_t>& shape,
                           bool isDepthwise) {
  const auto space = static_cast<std::int64_t>(shape.size()) - 2;
  std::vector<std::int64_t> sizes(shape.end() - 2, shape.end());
  sizes.insert(sizes.end(), shape.begin(), shape.end() - 2);
  const Tensor split = isDepthwise ? moved.reshape(sizes) : moved.transpose(0, 1);
  std::vector<std::int64_t> order;
  for (std::int64_t axis = 0; axis < space; ++axis) order.push_back(axis + 2);
  order.push_back(0);
  order.push_back(1);
  return split.permute(order);
}

// `filter` as TensorFlow has it.
std::int64_t groupsOf(const Tensor& filter, bool isDepthwise) {
  return isDepthwise ? filter.size(-2) : 1;
}

std::vector<std::int64_t> noOutputPadding(const Window& window) {
  return std::vector<std::int64_t>(window.strides.size(), 0);
}

void requireFilter(const Tensor& x, const std::vector<std::int64_t>& filterShape) {
  if (static_cast<std::int64_t>(filterShape.size()) == x.dim()) return;
  throw std::invalid_argument("the filter should have rank " + std::to_string(x.dim()) + ", it has " +
                              std::to_string(filterShape.size()));
}

// `x` as given, the shape of the filter as TensorFlow has it.
void requireChannels(const Tensor& x, const Window& window,
                     const std::vector<std::int64_t>& filterShape) {
  const std::int64_t channels = window.channelsFirst(x).size(1);
  const std::int64_t wanted = filterShape[filterShape.size() - 2];
  if (channels == wanted) return;
  throw std::invalid_argument("the filter takes " + std::to_string(wanted) + " channels, x has " +
                              std::to_string(channels));
}

// convolve(x, filter, window, isDepthwise, bias | null, activation, alpha | null, slope)
void convolve(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  const Tensor& filter = engine.input(info, 1);
  const Window window = windowAt(info, 2, x.dim() - 2);
  const bool isDepthwise = boolAt(info, 3);
  const Ending ending = endingAt(engine, info, 4);
  requireFloat(x, "x");
  requireFloat(filter, "the filter");
  requireFilter(x, filter.sizes().vec());
  requireChannels(x, window, filter.sizes().vec());
  const Tensor weight = filterForTorch(filter, isDepthwise);
  const bool takesBias = ending.bias.defined() && ending.bias.dim() == 1 &&
                         ending.bias.size(0) == weight.size(0);
  const Padded padded = window.pad(window.channelsFirst(x), 0);
  c10::optional<Tensor> bias;
  if (takesBias) bias = ending.bias;
  Tensor y = at::convolution(padded.x, weight, bias, window.strides, padded.rest, window.dilations,
                             /*transposed=*/false, noOutputPadding(window),
                             groupsOf(filter, isDepthwise));
  y = window.asGiven(y);
  if (ending.bias.defined() && !takesBias) y = at::add(y, ending.bias);
  activate(y, ending);
  engine.give(std::move(y));
}

struct Gradients {
  Tensor input;
  Tensor filter;
};

// Either gradient; `x` stands for its shape only where the gradient of the input is wanted, and
// `weight` likewise.
Gradients differentiate(const Tensor& dy, const Tensor& x, const Tensor& weight,
                        const Window& window, std::int64_t groups, bool wantsInput) {
  const Padded padded = window.pad(x, 0);
  auto [dx, dWeight, dBias] = at::convolution_backward(
      window.clip(dy), padded.x, weight.contiguous(), c10::nullopt, window.strides, padded.rest, window.dilations,
      /*transposed=*/false, noOutputPadding(window), groups, {wantsInput, !wantsInput, false});
  return {wantsInput ? window.cut(dx, x.sizes(), padded) : Tensor(), dWeight};
}

// convolveInputGradient(dy, filter, window, isDepthwise, shape of x)
void convolveInputGradient(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& dy = engine.input(info, 0);
  const Tensor& filter = engine.input(info, 1);
  const Window window = windowAt(info, 2, dy.dim() - 2);
  const bool isDepthwise = boolAt(info, 3);
  requireFloat(dy, "dy");
  requireFloat(filter, "the filter");
  requireFilter(dy, filter.sizes().vec());
  const Tensor x = at::empty(intsAt(info, 4), dy.options());
  requireFilter(x, filter.sizes().vec());
  requireChannels(x, window, filter.sizes().vec());
  const std::int64_t groups = groupsOf(filter, isDepthwise);
  const Tensor dx = differentiate(window.channelsFirst(dy), window.channelsFirst(x),
                                  filterForTorch(filter, isDepthwise), window, groups, true)
                        .input;
  engine.give(window.asGiven(dx));
}

// convolveFilterGradient(x, dy, window, isDepthwise, shape of the filter)
void convolveFilterGradient(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  const Tensor& dy = engine.input(info, 1);
  const Window window = windowAt(info, 2, dy.dim() - 2);
  const bool isDepthwise = boolAt(info, 3);
  const auto shape = intsAt(info, 4);
  requireFloat(x, "x");
  requireFloat(dy, "dy");
  requireFilter(x, shape);
  requireChannels(x, window, shape);
  const Tensor filter = at::empty(shape, dy.options());
  const std::int64_t groups = groupsOf(filter, isDepthwise);
  const Tensor dFilter = differentiate(window.channelsFirst(dy), window.channelsFirst(x),
                                       filterForTorch(filter, isDepthwise), window, groups, false)
                             .filter;
  engine.give(filterForTensorFlow(dFilter, shape, isDepthwise));
}

}  // namespace

Methods convolutionMethods() {
  return {{"convolve", convolve},
          {"convolveInputGradient", convolveInputGradient},
          {"convolveFilterGradient", convolveFilterGradient}};
}

}  // namespace capgrid
