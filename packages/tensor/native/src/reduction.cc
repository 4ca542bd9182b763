// Sums, means, extremes over axes, softmax.
#include <ATen/ATen.h>

#include <stdexcept>

#include "arguments.h"
#include "methods.h"

namespace capgrid {
namespace {

using at::IntArrayRef;
using at::Tensor;

struct Reduction {
  const char* name;
  Tensor (*run)(const Tensor& x, IntArrayRef axes, bool keepDims);
};

Tensor prod(const Tensor& x, IntArrayRef axes, bool keepDims) {
  Tensor result = x;
  // From the last axis on, so that the positions of the others stay.
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    result = at::prod(result, *axis, keepDims, x.scalar_type());
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

const Reduction kReductions[] = {
    {"Sum",
     [](const Tensor& x, IntArrayRef axes, bool keepDims) {
       const at::ScalarType type = x.scalar_type() == at::kBool ? at::kInt : x.scalar_type();
       return at::sum(x, axes, keepDims, type);
     }},
    {"Mean",
     [](const Tensor& x, IntArrayRef axes, bool keepDims) {
       return at::mean(x.to(at::kFloat), axes, keepDims);
     }},
    {"Max", [](const Tensor& x, IntArrayRef axes, bool keepDims) { return at::amax(x, axes, keepDims); }},
    {"Min", [](const Tensor& x, IntArrayRef axes, bool keepDims) { return at::amin(x, axes, keepDims); }},
    {"Prod", prod},
    {"All", axisByAxis<at::all>},
    {"Any", axisByAxis<at::any>},
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
  engine.give(axes.empty() ? x.clone() : op.run(x, axes, boolAt(info, 3)));
}

// argMax(x, axis), argMin(x, axis): int32
void argMax(Engine& engine, const Napi::CallbackInfo& info) {
  engine.give(at::argmax(engine.input(info, 0), intAt(info, 1)).to(at::kInt));
}
void argMin(Engine& engine, const Napi::CallbackInfo& info) {
  engine.give(at::argmin(engine.input(info, 0), intAt(info, 1)).to(at::kInt));
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
          {"softmax", softmax},
          {"logSoftmax", logSoftmax}};
}

Queries reductionQueries() { return {{"reductionNames", reductionNames}}; }

}  // namespace capgrid
