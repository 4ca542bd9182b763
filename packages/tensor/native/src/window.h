// The window that a convolution or a pooling moves over its input.
#pragma once
#include <ATen/core/Tensor.h>
#include <napi.h>

#include <cstdint>
#include <vector>

namespace capgrid {

// An input with its padding. libtorch pads both sides of an axis alike: `rest` is what it does
// itself, and where the sides differ `x` has its padding already and `rest` is zero.
struct Padded {
  at::Tensor x;
  std::vector<std::int64_t> rest;
  bool isPadded;
};

struct Window {
  bool hasChannelsFirst;
  // One entry per axis of space.
  std::vector<std::int64_t> sizes, strides, dilations, before, after, outputs;

  // [batch, ..space, channels] or, with channels first, unchanged, to [batch, channels, ..space]
  // and back; views.
  at::Tensor channelsFirst(const at::Tensor& x) const;
  at::Tensor asGiven(const at::Tensor& x) const;

  // `x` has the channels first. Always in `x` itself where libtorch refuses: pooling takes no
  // padding above half of the window.
  Padded pad(const at::Tensor& x, double value) const;
  // Without what lies beyond the outputs: TensorFlow.js takes a gradient larger than they are.
  at::Tensor clip(const at::Tensor& gradient) const;
  // Takes the padding off a gradient of `padded.x`; `sizes` are those of the input.
  at::Tensor cut(const at::Tensor& gradient, at::IntArrayRef sizes, const Padded& padded) const;
};

// Reads the array [has channels first, then for each axis size, stride, dilation, padding before,
// padding after, output size]. Throws std::invalid_argument unless it has `axes` axes.
Window windowAt(const Napi::CallbackInfo& info, std::size_t index, std::int64_t axes);

}  // namespace capgrid
