#include "window.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <stdexcept>

#include "arguments.h"

namespace capgrid {

Window windowAt(const Napi::CallbackInfo& info, std::size_t index, std::int64_t axes) {
  constexpr std::size_t kWords = 6;
  const auto words = intsAt(info, index);
  if (axes < 1 || words.size() != 1 + kWords * static_cast<std::size_t>(axes)) {
    throw std::invalid_argument("a window over " + std::to_string(axes) + " axes has " +
                                std::to_string(1 + static_cast<std::int64_t>(kWords) * axes) +
                                " numbers, this one has " + std::to_string(words.size()));
  }
  Window window{};
  window.hasChannelsFirst = words[0] != 0;
  for (std::size_t at = 1; at < words.size(); at += kWords) {
    window.sizes.push_back(words[at]);
    window.strides.push_back(words[at + 1]);
    window.dilations.push_back(words[at + 2]);
    window.before.push_back(words[at + 3]);
    window.after.push_back(words[at + 4]);
    window.outputs.push_back(words[at + 5]);
  }
  return window;
}

at::Tensor Window::channelsFirst(const at::Tensor& x) const {
  return hasChannelsFirst ? x : x.movedim(-1, 1);
}

at::Tensor Window::asGiven(const at::Tensor& x) const {
  return hasChannelsFirst ? x : x.movedim(1, -1);
}

Padded Window::pad(const at::Tensor& x, double value) const {
  std::vector<std::int64_t> reversed;  // libtorch counts from the last axis
  bool isEven = true, isNone = true;
  for (std::size_t axis = sizes.size(); axis-- > 0;) {
    // Rounding the output size up makes windows reach beyond the padding that was asked for.
    const std::int64_t reach =
        (outputs[axis] - 1) * strides[axis] + (sizes[axis] - 1) * dilations[axis] + 1;
    const std::int64_t length = x.size(static_cast<std::int64_t>(axis) + 2);
    const std::int64_t end = std::max(after[axis], reach - length - before[axis]);
    reversed.push_back(before[axis]);
    reversed.push_back(end);
    isEven = isEven && before[axis] == end && 2 * before[axis] <= sizes[axis];
    isNone = isNone && before[axis] == 0 && end == 0;
  }
  if (isNone || isEven) return {x, before, false};
  return {at::constant_pad_nd(x, reversed, value), std::vector<std::int64_t>(sizes.size(), 0), true};
}

at::Tensor Window::clip(const at::Tensor& gradient) const {
  at::Tensor part = gradient;
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    const auto at = static_cast<std::int64_t>(axis) + 2;
    if (part.size(at) < outputs[axis]) {
      throw std::invalid_argument("the gradient should have " + std::to_string(outputs[axis]) +
                                  " values along axis " + std::to_string(axis) + " of space, it has " +
                                  std::to_string(part.size(at)));
    }
    part = part.narrow(at, 0, outputs[axis]);
  }
  return part;
}

at::Tensor Window::cut(const at::Tensor& gradient, at::IntArrayRef inputSizes,
                       const Padded& padded) const {
  if (!padded.isPadded) return gradient;
  at::Tensor part = gradient;
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    const auto at = static_cast<std::int64_t>(axis) + 2;
    part = part.narrow(at, before[axis], inputSizes[axis + 2]);
  }
  return part;
}

}  // namespace capgrid
