// Looks values up by index and adds or puts them by index.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <stdexcept>

#include "arguments.h"
#include "methods.h"

namespace capgrid {
namespace {

using at::Tensor;

void requireIndices(const Tensor& indices, const char* what) {
  if (indices.scalar_type() == at::kInt) return;
  throw std::invalid_argument(std::string(what) + " should be int32, it is " + describe(indices));
}

// The first index outside of [0, count), if any. On a GPU this waits for it.
c10::optional<std::int32_t> findOutside(const Tensor& indices, std::int64_t count) {
  const Tensor values = indices.to(at::kCPU).contiguous();
  const auto* value = values.data_ptr<std::int32_t>();
  for (std::int64_t i = 0; i < values.numel(); ++i) {
    if (value[i] < 0 || value[i] >= count) return value[i];
  }
  return c10::nullopt;
}

// Either refuses indices outside of [0, count) or, unchecked, moves them inside: a lookup outside of
// the memory would end every computation on a GPU.
Tensor checkedIndices(const Tensor& indices, std::int64_t count, bool isChecked) {
  if (!isChecked) return at::clamp(indices, 0, count - 1);
  if (const auto outside = findOutside(indices, count)) {
    throw std::invalid_argument("the index value " + std::to_string(*outside) + " is not in [0, " +
                                std::to_string(count - 1) + "]");
  }
  return indices;
}

// gather(x, indices, axis, batchAxes, isChecked): indices int32 of any shape; the first `batchAxes`
// axes of both go together.
void gather(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  const Tensor& indices = engine.input(info, 1);
  requireIndices(indices, "indices");
  const std::int64_t axis = intAt(info, 2), batchAxes = intAt(info, 3);
  const Tensor inside = checkedIndices(indices, x.size(axis), boolAt(info, 4));
  std::vector<std::int64_t> shape(x.sizes().begin(), x.sizes().begin() + axis);
  shape.insert(shape.end(), indices.sizes().begin() + batchAxes, indices.sizes().end());
  shape.insert(shape.end(), x.sizes().begin() + axis + 1, x.sizes().end());
  if (batchAxes == 0) {
    engine.give(at::index_select(x, axis, inside.reshape({-1})).reshape(shape));
    return;
  }
  std::int64_t batch = 1, outer = 1, inner = 1;
  for (std::int64_t i = 0; i < x.dim(); ++i) {
    (i < batchAxes ? batch : i < axis ? outer : inner) *= i == axis ? 1 : x.size(i);
  }
  const std::int64_t count = batch > 0 ? indices.numel() / batch : 0;
  const Tensor positions = inside.reshape({batch, 1, count, 1}).expand({batch, outer, count, inner});
  const Tensor blocks = x.reshape({batch, outer, x.size(axis), inner});
  engine.give(at::gather(blocks, 2, positions.to(at::kLong)).reshape(shape));
}

// oneHot(indices, depth, on, off, dtype): indices outside of the range give a row of `off`.
void oneHot(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& indices = engine.input(info, 0);
  const std::int64_t depth = intAt(info, 1);
  const auto options = at::TensorOptions(typeOf(intAt(info, 4))).device(indices.device());
  const Tensor positions = at::arange(depth, indices.options());
  const Tensor isHot = at::eq(indices.unsqueeze(-1), positions);
  const auto value = [&](std::size_t index) {
    const double number = numberAt(info, index);
    const bool isInt = options.dtype() == at::kInt;
    return at::full({}, isInt ? at::Scalar(wrapToInt32(number)) : at::Scalar(number), options);
  };
  const Tensor on = value(2), off = value(3);
  engine.give(at::where(isHot, on, off));
}

// Adds the rows of x [n, width] to the rows `ids` of sums [count, width]; both contiguous float32 on
// the CPU. Each thread takes columns, so that the order of the additions is always the same.
void addRows(const Tensor& sums, const Tensor& x, const Tensor& ids) {
  const std::int64_t rows = x.size(0), width = x.size(1), count = sums.size(0);
  const auto* from = x.data_ptr<float>();
  const auto* id = ids.data_ptr<std::int32_t>();
  auto* to = sums.data_ptr<float>();
  const std::int64_t grain = std::max<std::int64_t>(16, at::internal::GRAIN_SIZE / std::max<std::int64_t>(rows, 1));
  at::parallel_for(0, width, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = 0; row < rows; ++row) {
      if (id[row] < 0 || id[row] >= count) continue;
      float* sum = to + id[row] * width;
      const float* value = from + row * width;
      for (std::int64_t column = begin; column < end; ++column) sum[column] += value[column];
    }
  });
}

// segmentSum(x, segmentIds int32 [n], count): rows of x (first axis n) added into `count` rows; ids
// outside of the range are left out, as in TensorFlow.
void segmentSum(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  const Tensor& ids = engine.input(info, 1);
  requireRank(ids, 1, "segmentIds");
  requireIndices(ids, "segmentIds");
  if (x.dim() == 0 || x.size(0) != ids.size(0)) {
    throw std::invalid_argument("segmentIds should have one id for each row of x " + describe(x) +
                                ", it is " + describe(ids));
  }
  const std::int64_t count = intAt(info, 2);
  if (count < 0) throw std::invalid_argument("there are no " + std::to_string(count) + " segments");
  std::vector<std::int64_t> shape = x.sizes().vec();
  shape[0] = count;
  if (count == 0) {
    engine.give(at::zeros(shape, x.options()));
    return;
  }
  if (x.is_cpu() && x.scalar_type() == at::kFloat && x.numel() > 0) {
    const Tensor sums = at::zeros(shape, x.options());
    addRows(sums.view({count, -1}), x.contiguous().view({x.size(0), -1}), ids.contiguous());
    engine.give(sums);
    return;
  }
  shape[0] = count + 1;  // the last row collects what is left out
  const Tensor rows = at::where(at::logical_and(ids >= 0, ids < count), ids, at::full_like(ids, count));
  Tensor sums = at::zeros(shape, x.options());
  sums.index_add_(0, rows, x);
  engine.give(sums.narrow(0, 0, count));
}

std::string textOf(const std::vector<std::int64_t>& sizes) {
  std::string text;
  for (const std::int64_t size : sizes) text += (text.empty() ? "" : ",") + std::to_string(size);
  return text;
}

// Rows of `indices` [n, depth] as positions in the first `depth` axes of `shape`, which are laid flat.
Tensor flatPositions(const Tensor& indices, const std::vector<std::int64_t>& shape, bool isChecked) {
  requireIndices(indices, "indices");
  requireRank(indices, 2, "indices");
  const std::int64_t depth = indices.size(1);
  if (depth > static_cast<std::int64_t>(shape.size())) {
    throw std::invalid_argument("indices " + describe(indices) + " address " + std::to_string(depth) +
                                " axes, the shape [" + textOf(shape) + "] has " +
                                std::to_string(shape.size()));
  }
  Tensor flat = at::zeros({indices.size(0)}, indices.options().dtype(at::kLong));
  for (std::int64_t axis = 0; axis < depth; ++axis) {
    const std::int64_t size = shape[static_cast<std::size_t>(axis)];
    const Tensor index = indices.select(1, axis);
    if (isChecked) {
      if (const auto outside = findOutside(index, size)) {
        throw std::invalid_argument("Invalid indices: " + std::to_string(*outside) +
                                    " does not index into " + textOf(shape));
      }
    }
    flat = flat * size + (isChecked ? index : at::clamp(index, 0, size - 1));
  }
  return flat;
}

// The flat shape [positions, values at each] of a tensor of which `depth` axes are addressed.
std::vector<std::int64_t> flatShape(const std::vector<std::int64_t>& shape, std::int64_t depth) {
  std::int64_t rows = 1, width = 1;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    (static_cast<std::int64_t>(axis) < depth ? rows : width) *= shape[axis];
  }
  return {rows, width};
}

// gatherNd(x, indices [n, depth], shape of the result, isChecked)
void gatherNd(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  const Tensor& indices = engine.input(info, 1);
  const Tensor positions = flatPositions(indices, x.sizes().vec(), boolAt(info, 3));
  const Tensor rows = x.reshape(flatShape(x.sizes().vec(), indices.size(1)));
  engine.give(at::index_select(rows, 0, positions).reshape(intsAt(info, 2)));
}

// scatterNd(indices [n, depth], updates, shape, isChecked): what goes to the same place is added.
void scatterNd(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& indices = engine.input(info, 0);
  const Tensor& updates = engine.input(info, 1);
  const auto shape = intsAt(info, 2);
  const Tensor positions = flatPositions(indices, shape, boolAt(info, 3));
  const auto flat = flatShape(shape, indices.size(1));
  Tensor sums = at::zeros(flat, updates.options());
  sums.index_add_(0, positions, updates.reshape({indices.size(0), flat[1]}));
  engine.give(sums.view(shape));
}

// scatterUpdate(x, indices [n, depth], updates, isChecked): x with the updates put in.
void scatterUpdate(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  const Tensor& indices = engine.input(info, 1);
  const Tensor& updates = engine.input(info, 2);
  if (x.scalar_type() != updates.scalar_type()) {
    throw std::invalid_argument("updates " + describe(updates) + " should have the dtype of " +
                                describe(x));
  }
  const auto shape = x.sizes().vec();
  const Tensor positions = flatPositions(indices, shape, boolAt(info, 3));
  const auto flat = flatShape(shape, indices.size(1));
  Tensor changed = x.contiguous().view(flat).clone();
  const std::vector<std::int64_t> rows{indices.size(0), flat[1]};
  changed.index_copy_(0, positions,
                      updates.numel() == 1 ? updates.reshape({1, 1}).expand(rows) : updates.reshape(rows));
  engine.give(changed.view(shape));
}

}  // namespace

Methods indexingMethods() {
  return {{"gather", gather},
          {"oneHot", oneHot},
          {"segmentSum", segmentSum},
          {"gatherNd", gatherNd},
          {"scatterNd", scatterNd},
          {"scatterUpdate", scatterUpdate}};
}

}  // namespace capgrid
