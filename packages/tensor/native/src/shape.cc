// Moves values without changing them.
#include <ATen/ATen.h>

#include "arguments.h"
#include "methods.h"

namespace capgrid {
namespace {

using at::Tensor;

std::vector<Tensor> tensorsAt(Engine& engine, const Napi::CallbackInfo& info, std::size_t index) {
  std::vector<Tensor> tensors;
  for (const std::int64_t id : intsAt(info, index)) {
    tensors.push_back(engine.input(static_cast<std::int32_t>(id)));
  }
  return tensors;
}

// concat(ids, axis)
void concat(Engine& engine, const Napi::CallbackInfo& info) {
  engine.give(at::cat(tensorsAt(engine, info, 0), intAt(info, 1)));
}

// stack(ids, axis)
void stack(Engine& engine, const Napi::CallbackInfo& info) {
  engine.give(at::stack(tensorsAt(engine, info, 0), intAt(info, 1)));
}

// slice(x, begin, size): a view of x.
void slice(Engine& engine, const Napi::CallbackInfo& info) {
  Tensor part = engine.input(info, 0);
  const auto begin = intsAt(info, 1);
  const auto size = intsAt(info, 2);
  for (std::size_t axis = 0; axis < begin.size(); ++axis) {
    part = part.narrow(static_cast<std::int64_t>(axis), begin[axis], size[axis]);
  }
  engine.give(part);
}

// split(x, sizes, axis): views of x, one result each.
void split(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  const auto sizes = intsAt(info, 1);
  for (Tensor& part : at::split_with_sizes(x, sizes, intAt(info, 2))) engine.give(std::move(part));
}

// unstack(x, axis): views of x, one result each.
void unstack(Engine& engine, const Napi::CallbackInfo& info) {
  for (Tensor& part : at::unbind(engine.input(info, 0), intAt(info, 1))) engine.give(std::move(part));
}

// transpose(x, permutation): a view of x.
void transpose(Engine& engine, const Napi::CallbackInfo& info) {
  engine.give(engine.input(info, 0).permute(intsAt(info, 1)));
}

// pad(x, paddings, value): paddings before and after, axis by axis.
void pad(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  const auto paddings = intsAt(info, 1);
  // libtorch counts from the last axis.
  std::vector<std::int64_t> reversed;
  for (std::size_t axis = paddings.size() / 2; axis-- > 0;) {
    reversed.push_back(paddings[2 * axis]);
    reversed.push_back(paddings[2 * axis + 1]);
  }
  engine.give(at::constant_pad_nd(x, reversed, numberAt(info, 2)));
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

}  // namespace

Methods shapeMethods() {
  return {{"concat", concat},       {"stack", stack},     {"slice", slice},
          {"split", split},         {"unstack", unstack}, {"transpose", transpose},
          {"pad", pad},             {"tile", tile},       {"reverse", reverse},
          {"broadcastTo", broadcastTo}};
}

}  // namespace capgrid
