// Pooling over two or three axes of space and its gradients.
#include <ATen/ATen.h>
#include <c10/util/accumulate.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "arguments.h"
#include "methods.h"
#include "window.h"

namespace capgrid {
namespace {

using at::Tensor;

constexpr double kLowest = -std::numeric_limits<double>::infinity();

void requirePlanes(const Tensor& x) {
  requireFloat(x, "x");
  if (x.dim() == 4 || x.dim() == 5) return;
  throw std::invalid_argument("x should have rank 4 or 5, it is " + describe(x));
}

// Windows that do not fit even once give nothing, as in TensorFlow.js; libtorch refuses them.
bool hasNoWindow(const Window& window) {
  return std::any_of(window.outputs.begin(), window.outputs.end(),
                     [](std::int64_t size) { return size <= 0; });
}

Tensor nothing(const Tensor& planes, const Window& window) {
  std::vector<std::int64_t> shape{planes.size(0), planes.size(1)};
  for (const std::int64_t size : window.outputs) shape.push_back(std::max<std::int64_t>(size, 0));
  return at::empty(shape, planes.options());
}

// NaN never is the largest in TensorFlow.js; libtorch would let it win.
Tensor withoutNan(const Tensor& x) {
  return at::nan_to_num(x, kLowest, std::numeric_limits<double>::infinity(), kLowest);
}

std::tuple<Tensor, Tensor> maxWithPositions(const Padded& padded, const Window& window) {
  const auto pool = padded.x.dim() == 4 ? at::max_pool2d_with_indices : at::max_pool3d_with_indices;
  return pool(padded.x, window.sizes, window.strides, padded.rest, window.dilations, false);
}

// Sums over the windows.
Tensor sumOfWindows(const Tensor& x, const Window& window, const std::vector<std::int64_t>& rest) {
  const auto pool = x.dim() == 4 ? at::avg_pool2d : at::avg_pool3d;
  return pool(x, window.sizes, window.strides, rest, false, true, 1);
}

// How many values of the input each window covers, at least 1: padding does not count, as in
// TensorFlow.
Tensor countOfWindows(const Tensor& x, const Window& window) {
  std::vector<std::int64_t> shape = x.sizes().vec();
  shape[0] = shape[1] = 1;
  const Padded ones = window.pad(at::ones(shape, x.options()), 0);
  return sumOfWindows(ones.x, window, ones.rest).clamp_min_(1);
}

// maxPool(x, window)
void maxPool(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  requirePlanes(x);
  const Window window = windowAt(info, 1, x.dim() - 2);
  const Tensor planes = window.channelsFirst(x);
  if (hasNoWindow(window)) return engine.give(window.asGiven(nothing(planes, window)));
  const Padded padded = window.pad(withoutNan(planes), kLowest);
  engine.give(window.asGiven(std::get<0>(maxWithPositions(padded, window))));
}

// maxPoolGradient(dy, x, window)
void maxPoolGradient(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& dy = engine.input(info, 0);
  const Tensor& x = engine.input(info, 1);
  requirePlanes(x);
  requirePlanes(dy);
  const Window window = windowAt(info, 2, x.dim() - 2);
  const Tensor planes = window.channelsFirst(x);
  const Padded padded = window.pad(withoutNan(planes), kLowest);
  const Tensor positions = std::get<1>(maxWithPositions(padded, window));
  const auto backward = x.dim() == 4 ? at::max_pool2d_with_indices_backward
                                     : at::max_pool3d_with_indices_backward;
  const Tensor dx = backward(window.channelsFirst(dy), padded.x, window.sizes, window.strides,
                             padded.rest, window.dilations, false, positions);
  engine.give(window.asGiven(window.cut(dx, planes.sizes(), padded)));
}

// averagePool(x, window)
void averagePool(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  requirePlanes(x);
  const Window window = windowAt(info, 1, x.dim() - 2);
  const Tensor planes = window.channelsFirst(x);
  if (hasNoWindow(window)) return engine.give(window.asGiven(nothing(planes, window)));
  const Padded padded = window.pad(planes, 0);
  const Tensor sums = sumOfWindows(padded.x, window, padded.rest);
  engine.give(window.asGiven(at::div(sums, countOfWindows(planes, window))));
}

// averagePoolGradient(dy, x, window, countsPadding)
void averagePoolGradient(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& dy = engine.input(info, 0);
  const Tensor& x = engine.input(info, 1);
  requirePlanes(x);
  requirePlanes(dy);
  const Window window = windowAt(info, 2, x.dim() - 2);
  const Tensor planes = window.channelsFirst(x);
  const Padded padded = window.pad(planes, 0);
  const Tensor moved = window.channelsFirst(dy);
  const std::int64_t size = c10::multiply_integers(window.sizes);
  const Tensor share = boolAt(info, 3) ? at::div(moved, size)
                                       : at::div(moved, countOfWindows(planes, window));
  const auto backward = x.dim() == 4 ? at::avg_pool2d_backward : at::avg_pool3d_backward;
  const Tensor dx = backward(share, padded.x, window.sizes, window.strides, padded.rest, false, true, 1);
  engine.give(window.asGiven(window.cut(dx, planes.sizes(), padded)));
}

}  // namespace

Methods poolingMethods() {
  return {{"maxPool", maxPool},
          {"maxPoolGradient", maxPoolGradient},
          {"averagePool", averagePool},
          {"averagePoolGradient", averagePoolGradient}};
}

}  // namespace capgrid
