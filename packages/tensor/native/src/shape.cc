// Moves values without changing them.
#include <ATen/ATen.h>

#include <algorithm>
#include <stdexcept>

#include "arguments.h"
#include "device.h"
#include "methods.h"

namespace capgrid {
namespace {

using at::Tensor;

// Fails unless `list` has `count` numbers.
void requireCount(const std::vector<std::int64_t>& list, std::int64_t count, const char* what) {
  if (static_cast<std::int64_t>(list.size()) == count) return;
  throw std::invalid_argument(std::string(what) + " should have " + std::to_string(count) +
                              " numbers, it has " + std::to_string(list.size()));
}

// concat(ids, axis)
void concat(Engine& engine, const Napi::CallbackInfo& info) {
  engine.give(at::cat(engine.inputs(intsAt(info, 0)), intAt(info, 1)));
}

// stack(ids, axis)
void stack(Engine& engine, const Napi::CallbackInfo& info) {
  engine.give(at::stack(engine.inputs(intsAt(info, 0)), intAt(info, 1)));
}

// A small part of a large tensor as a copy: a view would keep the memory of the whole alive.
Tensor partOf(const Tensor& part) {
  constexpr std::size_t kLeastShare = 8;
  return part.nbytes() < part.storage().nbytes() / kLeastShare ? part.clone(at::MemoryFormat::Contiguous)
                                                               : part;
}

// slice(x, begin, size): a view of x or a copy, see partOf.
void slice(Engine& engine, const Napi::CallbackInfo& info) {
  Tensor part = engine.input(info, 0);
  const auto begin = intsAt(info, 1);
  const auto size = intsAt(info, 2);
  requireCount(begin, part.dim(), "begin");
  requireCount(size, part.dim(), "size");
  for (std::size_t axis = 0; axis < begin.size(); ++axis) {
    part = part.narrow(static_cast<std::int64_t>(axis), begin[axis], size[axis]);
  }
  engine.give(partOf(part));
}

// split(x, axis, begin, sizes): the parts of those sizes from `begin` on, one result each.
void split(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  const std::int64_t axis = intAt(info, 1);
  std::int64_t begin = intAt(info, 2);
  for (const std::int64_t size : intsAt(info, 3)) {
    engine.give(partOf(x.narrow(axis, begin, size)));
    begin += size;
  }
}

// unstack(x, axis, begin, count): one result for each of `count` indices from `begin` on.
void unstack(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  const std::int64_t axis = intAt(info, 1), begin = intAt(info, 2), end = begin + intAt(info, 3);
  for (std::int64_t index = begin; index < end; ++index) engine.give(partOf(x.select(axis, index)));
}

// transpose(x, permutation): a view of x.
void transpose(Engine& engine, const Napi::CallbackInfo& info) {
  engine.give(engine.input(info, 0).permute(intsAt(info, 1)));
}

// pad(x, paddings, value): paddings before and after, axis by axis.
void pad(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  const auto paddings = intsAt(info, 1);
  requireCount(paddings, 2 * x.dim(), "paddings");
  // libtorch counts from the last axis.
  std::vector<std::int64_t> reversed;
  for (std::size_t axis = paddings.size() / 2; axis-- > 0;) {
    reversed.push_back(paddings[2 * axis]);
    reversed.push_back(paddings[2 * axis + 1]);
  }
  const double value = numberAt(info, 2);
  const at::Scalar filling = x.scalar_type() == at::kInt ? at::Scalar(wrapToInt32(value)) : at::Scalar(value);
  engine.give(at::constant_pad_nd(x, reversed, filling));
}

// tile(x, repetitions)
void tile(Engine& engine, const Napi::CallbackInfo& info) {
  engine.give(engine.input(info, 0).repeat(intsAt(info, 1)));
}

// reverse(x, axes)
void reverse(Engine& engine, const Napi::CallbackInfo& info) {
  engine.give(at::flip(engine.input(info, 0), intsAt(info, 1)));
}

// broadcastTo(x, shape)
void broadcastTo(Engine& engine, const Napi::CallbackInfo& info) {
  engine.give(engine.input(info, 0).expand(intsAt(info, 1)).contiguous());
}

// stridedSlice(x, begin, sizes, strides, shape): `sizes` values of each axis, `strides` apart, which
// may be negative; then in `shape`.
void stridedSlice(Engine& engine, const Napi::CallbackInfo& info) {
  Tensor part = engine.input(info, 0);
  const auto begin = intsAt(info, 1), sizes = intsAt(info, 2), strides = intsAt(info, 3);
  requireCount(begin, part.dim(), "begin");
  requireCount(sizes, part.dim(), "sizes");
  requireCount(strides, part.dim(), "strides");
  std::vector<std::int64_t> backwards;
  for (std::size_t i = 0; i < begin.size(); ++i) {
    const auto axis = static_cast<std::int64_t>(i);
    const std::int64_t reach = (sizes[i] - 1) * strides[i];
    if (sizes[i] == 0) {
      part = part.narrow(axis, 0, 0);
    } else if (strides[i] > 0) {
      part = part.slice(axis, begin[i], begin[i] + reach + 1, strides[i]);
    } else {
      part = part.slice(axis, begin[i] + reach, begin[i] + 1, -strides[i]);
      backwards.push_back(axis);
    }
  }
  if (!backwards.empty()) part = at::flip(part, backwards);
  engine.give(partOf(part).reshape(intsAt(info, 4)));
}

// mirrorPad(x, paddings, isSymmetric): symmetric repeats the value at the edge, reflect does not.
void mirrorPad(Engine& engine, const Napi::CallbackInfo& info) {
  Tensor padded = engine.input(info, 0);
  const auto paddings = intsAt(info, 1);
  requireCount(paddings, 2 * padded.dim(), "paddings");
  const std::int64_t edge = boolAt(info, 2) ? 0 : 1;
  for (std::int64_t axis = 0; axis < padded.dim(); ++axis) {
    const std::int64_t before = paddings[static_cast<std::size_t>(2 * axis)];
    const std::int64_t after = paddings[static_cast<std::size_t>(2 * axis) + 1];
    if (before == 0 && after == 0) continue;
    const std::int64_t size = padded.size(axis);
    if (std::max(before, after) > size - edge) {
      throw std::invalid_argument("axis " + std::to_string(axis) + " of " + describe(padded) +
                                  " cannot be mirrored by " + std::to_string(std::max(before, after)));
    }
    const Tensor positions = at::empty({before + size + after}, at::kLong);
    auto* position = positions.data_ptr<std::int64_t>();
    for (std::int64_t i = -before; i < size + after; ++i) {
      *position++ = i < 0 ? edge - 1 - i : i < size ? i : 2 * size - 1 - edge - i;
    }
    padded = at::index_select(padded, axis, sendToDevice(engine, positions));
  }
  engine.give(padded.is_same(engine.input(info, 0)) ? padded.clone() : padded);
}

// rearrange(x, shape, permutation, result): reshaped, transposed, reshaped again.
void rearrange(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor moved = engine.input(info, 0).reshape(intsAt(info, 1)).permute(intsAt(info, 2));
  engine.give(moved.reshape(intsAt(info, 3)));
}

// sequence(start, step, count, dtype): start + i * step, computed in float64.
void sequence(Engine& engine, const Napi::CallbackInfo& info) {
  const auto options = at::TensorOptions(at::kDouble).device(engine.device());
  const Tensor steps = at::arange(static_cast<std::int64_t>(intAt(info, 2)), options);
  engine.give(steps.mul_(numberAt(info, 1)).add_(numberAt(info, 0)).to(typeOf(intAt(info, 3))));
}

}  // namespace

Methods shapeMethods() {
  return {{"concat", concat},       {"stack", stack},     {"slice", slice},
          {"split", split},         {"unstack", unstack}, {"transpose", transpose},
          {"pad", pad},             {"tile", tile},       {"reverse", reverse},
          {"broadcastTo", broadcastTo}, {"stridedSlice", stridedSlice},
          {"mirrorPad", mirrorPad}, {"rearrange", rearrange}, {"sequence", sequence}};
}

}  // namespace capgrid
