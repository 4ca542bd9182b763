// Looks values up by index and adds them by index.
#include <ATen/ATen.h>

#include <stdexcept>

#include "arguments.h"
#include "methods.h"

namespace capgrid {
namespace {

using at::Tensor;

// gather(x, indices int32 of any shape, axis): without batch axes.
void gather(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  const Tensor& indices = engine.input(info, 1);
  const std::int64_t axis = intAt(info, 2);
  const Tensor flat = indices.reshape({-1});
  const Tensor picked = at::index_select(x, axis, flat);
  std::vector<std::int64_t> shape(x.sizes().begin(), x.sizes().begin() + axis);
  shape.insert(shape.end(), indices.sizes().begin(), indices.sizes().end());
  shape.insert(shape.end(), x.sizes().begin() + axis + 1, x.sizes().end());
  engine.give(picked.reshape(shape));
}

// oneHot(indices, depth, on, off, dtype): indices outside of the range give a row of `off`.
void oneHot(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& indices = engine.input(info, 0);
  const std::int64_t depth = intAt(info, 1);
  const auto options = at::TensorOptions(typeOf(intAt(info, 4))).device(indices.device());
  const Tensor positions = at::arange(depth, indices.options());
  const Tensor isHot = at::eq(indices.unsqueeze(-1), positions);
  const Tensor on = at::full({}, numberAt(info, 2), options);
  const Tensor off = at::full({}, numberAt(info, 3), options);
  engine.give(at::where(isHot, on, off));
}

// segmentSum(x, segmentIds int32 [n], count): rows of x (first axis n) added into `count` rows; ids
// outside of the range are left out, as in TensorFlow.
void segmentSum(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  const Tensor& ids = engine.input(info, 1);
  const std::int64_t count = intAt(info, 2);
  std::vector<std::int64_t> shape = x.sizes().vec();
  shape[0] = count + 1;  // the last row collects what is left out
  const Tensor rows = at::where(at::logical_and(ids >= 0, ids < count), ids, at::full_like(ids, count));
  Tensor sums = at::zeros(shape, x.options());
  sums.index_add_(0, rows, x);
  engine.give(sums.narrow(0, 0, count));
}

// topK(x, k, isSorted): over the last axis; values and int32 positions.
void topK(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  // A stable sort, so that the lower position comes first among equals, as TensorFlow has it.
  const auto sorted = at::sort(x, /*stable=*/true, -1, /*descending=*/true);
  const std::int64_t k = intAt(info, 1);
  engine.give(std::get<0>(sorted).narrow(-1, 0, k).contiguous());
  engine.give(std::get<1>(sorted).narrow(-1, 0, k).to(at::kInt));
}

}  // namespace

Methods indexingMethods() {
  return {{"gather", gather}, {"oneHot", oneHot}, {"segmentSum", segmentSum}, {"topK", topK}};
}

}  // namespace capgrid
