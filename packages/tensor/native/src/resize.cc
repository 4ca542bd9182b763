// Resizing of images [batch, height, width, channels]: each output row and column reads one or two
// of the input, so both directions are gathers and their gradients are scatters.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "arguments.h"
#include "device.h"
#include "methods.h"

namespace capgrid {
namespace {

using at::Tensor;

// Along one axis: output i is low * (1 - fraction) + high * fraction.
struct Sampling {
  Tensor low;
  Tensor high;
  Tensor fraction;
};

struct Mode {
  bool isBilinear;
  bool alignsCorners;
  bool hasHalfPixelCenters;
};

// As in TensorFlow's image_resizer_state.h.
double scaleOf(std::int64_t from, std::int64_t to, bool alignsCorners) {
  return alignsCorners && to > 1 ? static_cast<double>(from - 1) / static_cast<double>(to - 1)
                                 : static_cast<double>(from) / static_cast<double>(to);
}

Sampling sample(std::int64_t from, std::int64_t to, const Mode& mode, Engine& engine) {
  const double scale = scaleOf(from, to, mode.alignsCorners);
  const Tensor low = at::empty({to}, at::kLong), high = at::empty({to}, at::kLong);
  const Tensor fraction = at::zeros({to}, at::kFloat);
  auto* lows = low.data_ptr<std::int64_t>();
  auto* highs = high.data_ptr<std::int64_t>();
  auto* fractions = fraction.data_ptr<float>();
  for (std::int64_t i = 0; i < to; ++i) {
    if (mode.isBilinear) {
      const double at = mode.hasHalfPixelCenters ? scale * (static_cast<double>(i) + 0.5) - 0.5
                                                 : scale * static_cast<double>(i);
      lows[i] = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(at)), 0, from - 1);
      highs[i] = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(at)), 0, from - 1);
      fractions[i] = static_cast<float>(at - static_cast<double>(lows[i]));
    } else {
      const double at =
          mode.hasHalfPixelCenters ? scale * (static_cast<double>(i) + 0.5) : scale * static_cast<double>(i);
      // Half away from zero, where TensorFlow aligns corners.
      const double nearest = mode.alignsCorners ? std::floor(at + 0.5) : std::floor(at);
      lows[i] = highs[i] = std::clamp<std::int64_t>(static_cast<std::int64_t>(nearest), 0, from - 1);
    }
  }
  return {sendToDevice(engine, low), sendToDevice(engine, high), sendToDevice(engine, fraction)};
}

// The weights of axis 1 or 2, so that they broadcast over an image.
Tensor along(const Tensor& fraction, std::int64_t axis) {
  return axis == 1 ? fraction.view({1, -1, 1, 1}) : fraction.view({1, 1, -1, 1});
}

Tensor resizeAxis(const Tensor& x, std::int64_t axis, std::int64_t to, const Mode& mode,
                  Engine& engine) {
  const Sampling sampling = sample(x.size(axis), to, mode, engine);
  const Tensor low = at::index_select(x, axis, sampling.low);
  if (!mode.isBilinear) return low;
  return at::lerp(low, at::index_select(x, axis, sampling.high), along(sampling.fraction, axis));
}

Tensor gradientOfAxis(const Tensor& dy, std::int64_t axis, std::int64_t from, const Mode& mode,
                      Engine& engine) {
  const Sampling sampling = sample(from, dy.size(axis), mode, engine);
  std::vector<std::int64_t> shape = dy.sizes().vec();
  shape[static_cast<std::size_t>(axis)] = from;
  Tensor dx = at::zeros(shape, dy.options());
  if (!mode.isBilinear) return dx.index_add_(axis, sampling.low, dy);
  const Tensor ofHigh = at::mul(dy, along(sampling.fraction, axis));
  dx.index_add_(axis, sampling.low, at::sub(dy, ofHigh));
  return dx.index_add_(axis, sampling.high, ofHigh);
}

Mode modeAt(const Napi::CallbackInfo& info, std::size_t index) {
  return {boolAt(info, index), boolAt(info, index + 1), boolAt(info, index + 2)};
}

// resize(images, height, width, isBilinear, alignsCorners, hasHalfPixelCenters)
void resize(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& images = engine.input(info, 0);
  requireRank(images, 4, "images");
  const Mode mode = modeAt(info, 3);
  // TensorFlow interpolates to float32 whatever goes in, and keeps the dtype of the nearest.
  const Tensor x = mode.isBilinear ? images.to(at::kFloat) : images;
  const Tensor taller = resizeAxis(x, 1, intAt(info, 1), mode, engine);
  engine.give(resizeAxis(taller, 2, intAt(info, 2), mode, engine));
}

// resizeGradient(dy, height and width of the images, isBilinear, alignsCorners, hasHalfPixelCenters)
void resizeGradient(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& dy = engine.input(info, 0);
  requireRank(dy, 4, "dy");
  requireFloat(dy, "dy");
  const Mode mode = modeAt(info, 3);
  const Tensor wide = gradientOfAxis(dy, 2, intAt(info, 2), mode, engine);
  engine.give(gradientOfAxis(wide, 1, intAt(info, 1), mode, engine));
}

}  // namespace

Methods resizeMethods() { return {{"resize", resize}, {"resizeGradient", resizeGradient}}; }

}  // namespace capgrid
