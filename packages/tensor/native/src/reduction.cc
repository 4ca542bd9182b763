// Sums, means, extremes over axes, softmax.
#include <ATen/ATen.h>

#include <limits>
#include <stdexcept>

#include "arguments.h"
#include "methods.h"
#include "top-k.h"

namespace capgrid {
namespace {

using at::IntArrayRef;
using at::Tensor;

struct Reduction {
  const char* name;
  Tensor (*run)(const Tensor& x, IntArrayRef axes, bool keepDims);
  at::ScalarType (*typeOf)(const Tensor& x);  // of the result
};

// Sums and products of bool are counts, as in TensorFlow.js.
at::ScalarType typeOfSum(const Tensor& x) {
  return x.scalar_type() == at::kBool ? at::kInt : x.scalar_type();
}
at::ScalarType sameType(const Tensor& x) { return x.scalar_type(); }
at::ScalarType float32(const Tensor&) { return at::kFloat; }

Tensor prod(const Tensor& x, IntArrayRef axes, bool keepDims) {
  Tensor result = x;
  // From the last axis on, so that the positions of the others stay.
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    result = at::prod(result, *axis, keepDims, typeOfSum(x));
  }
  return result;
}

template <Tensor (*reduce)(const Tensor&, std::int64_t, bool)>
Tensor axisByAxis(const Tensor& x, IntArrayRef axes, bool keepDims) {
  Tensor result = x;
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    result = reduce(result, *axis, keepDims);
  }
  return result;
}

enum class Extreme { kLeast, kMost };

// Over no values: what every other value would replace.
template <Extreme extreme>
Tensor extremes(const Tensor& x, IntArrayRef axes, bool keepDims) {
  constexpr bool isMost = extreme == Extreme::kMost;
  if (x.numel() > 0) return isMost ? at::amax(x, axes, keepDims) : at::amin(x, axes, keepDims);
  const Tensor sums = at::sum(x, axes, keepDims, typeOfSum(x));  // for its shape
  const auto options = x.options();
  if (x.is_floating_point()) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    return at::full(sums.sizes(), isMost ? -infinity : infinity, options);
  }
  using Int = std::numeric_limits<std::int32_t>;
  if (x.scalar_type() == at::kInt) return at::full(sums.sizes(), isMost ? Int::min() : Int::max(), options);
  return at::full(sums.sizes(), !isMost, options);
}

const Reduction kReductions[] = {
    {"Sum",
     [](const Tensor& x, IntArrayRef axes, bool keepDims) {
       return at::sum(x, axes, keepDims, typeOfSum(x));
     },
     typeOfSum},
    {"Mean",
     [](const Tensor& x, IntArrayRef axes, bool keepDims) {
       return at::mean(x.to(at::kFloat), axes, keepDims);
     },
     float32},
    {"Max", extremes<Extreme::kMost>, sameType},
    {"Min", extremes<Extreme::kLeast>, sameType},
    {"Prod", prod, typeOfSum},
    {"All", axisByAxis<at::all>, sameType},
    {"Any", axisByAxis<at::any>, sameType},
};

// reduce(op, x, axes, keepDims): axes in ascending order, not negative.
void reduce(Engine& engine, const Napi::CallbackInfo& info) {
  const std::int32_t index = intAt(info, 0);
  constexpr std::int32_t count = sizeof kReductions / sizeof kReductions[0];
  if (index < 0 || index >= count) {
    throw std::invalid_argument("there is no reduction " + std::to_string(index));
  }
  const Reduction& op = kReductions[index];
  engine.name(op.name);
  const Tensor& x = engine.input(info, 1);
  const auto axes = intsAt(info, 2);
  // libtorch takes no axes to mean all axes.
  engine.give(axes.empty() ? x.to(op.typeOf(x), /*non_blocking=*/false, /*copy=*/true)
                           : op.run(x, axes, boolAt(info, 3)));
}

// What can be ordered, with `instead` in the place of NaN.
Tensor orderable(const Tensor& x, double instead) {
  if (x.scalar_type() == at::kBool) return x.to(at::kByte);
  if (!x.is_floating_point()) return x;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return at::nan_to_num(x, instead, infinity, -infinity);
}

// argMax(x, axis), argMin(x, axis): int32, the first of equals; NaN is passed over.
void argMax(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  const std::int64_t axis = intAt(info, 1);
  if (x.is_cpu() && x.numel() > 0 && axis == x.dim() - 1) {
    engine.give(largestOfRows(x, 1).second.squeeze(-1));
    return;
  }
  const Tensor ordered = orderable(x, -std::numeric_limits<double>::infinity());
  engine.give(at::argmax(ordered, axis).to(at::kInt));
}
void argMin(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor x = orderable(engine.input(info, 0), std::numeric_limits<double>::infinity());
  engine.give(at::argmin(x, intAt(info, 1)).to(at::kInt));
}

// One value earlier along `axis`, which begins with `first`.
Tensor shifted(const Tensor& x, std::int64_t axis, double first) {
  std::vector<std::int64_t> shape = x.sizes().vec();
  shape[static_cast<std::size_t>(axis)] = 1;
  const Tensor rest = x.narrow(axis, 0, x.size(axis) - 1);
  return at::cat({at::full(shape, first, x.options()), rest}, axis);
}

// cumulate(x, axis, isProduct, isExclusive, isReverse)
void cumulate(Engine& engine, const Napi::CallbackInfo& info) {
  const std::int64_t axis = intAt(info, 1);
  const bool isProduct = boolAt(info, 2), isReverse = boolAt(info, 4);
  Tensor x = engine.input(info, 0);
  if (isReverse) x = at::flip(x, axis);
  if (boolAt(info, 3) && x.numel() > 0) x = shifted(x, axis, isProduct ? 1 : 0);
  Tensor y = isProduct ? at::cumprod(x, axis, typeOfSum(x)) : at::cumsum(x, axis, typeOfSum(x));
  engine.give(isReverse ? at::flip(y, axis) : std::move(y));
}

// softmax(x), logSoftmax(x): over the last axis.
void softmax(Engine& engine, const Napi::CallbackInfo& info) {
  engine.give(at::softmax(engine.input(info, 0), -1));
}
void logSoftmax(Engine& engine, const Napi::CallbackInfo& info) {
  engine.give(at::log_softmax(engine.input(info, 0), -1));
}

Napi::Value reductionNames(Engine&, const Napi::CallbackInfo& info) {
  auto names = Napi::Array::New(info.Env());
  for (const Reduction& op : kReductions) {
    names[names.Length()] = Napi::String::New(info.Env(), op.name);
  }
  return names;
}

}  // namespace

Methods reductionMethods() {
  return {{"reduce", reduce},
          {"argMax", argMax},
          {"argMin", argMin},
          {"cumulate", cumulate},
          {"softmax", softmax},
          {"logSoftmax", logSoftmax}};
}

Queries reductionQueries() { return {{"reductionNames", reductionNames}}; }

}  // namespace capgrid
