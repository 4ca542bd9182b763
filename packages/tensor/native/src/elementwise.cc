// One value in, one value out, with broadcasting where there are two operands.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "arguments.h"
#include "methods.h"

namespace capgrid {
namespace {

using at::Tensor;

struct Unary {
  const char* name;
  Tensor (*run)(const Tensor& x);
};
struct Binary {
  const char* name;
  Tensor (*run)(const Tensor& a, const Tensor& b);
};

// Quotients of integers as tfjs-backend-cpu gives them: 0 for a divisor of 0, and the quotient of the
// least integer and -1 wraps around. Processors trap on both: so the divisor is never 0, and the
// integers have 64 bits.
template <typename Divide>
Tensor divideIntegers(const Tensor& a, const Tensor& b, Divide divide) {
  const Tensor isZero = at::eq(b, 0);
  const Tensor quotient = divide(a.to(at::kLong), at::where(isZero, at::ones_like(b), b).to(at::kLong));
  return quotient.to(at::kInt).masked_fill_(isZero, 0);
}

bool areIntegers(const Tensor& a, const Tensor& b) {
  return a.scalar_type() == at::kInt && b.scalar_type() == at::kInt;
}

Tensor quotient(const Tensor& a, const Tensor& b) {
  const auto divide = [](const Tensor& x, const Tensor& y) { return at::div(x, y, "trunc"); };
  return areIntegers(a, b) ? divideIntegers(a, b, divide) : at::div(a, b);
}

Tensor floorQuotient(const Tensor& a, const Tensor& b) {
  const auto divide = [](const Tensor& x, const Tensor& y) { return at::div(x, y, "floor"); };
  return areIntegers(a, b) ? divideIntegers(a, b, divide) : divide(a, b);
}

Tensor remainder(const Tensor& a, const Tensor& b) {
  const auto divide = [](const Tensor& x, const Tensor& y) { return at::remainder(x, y); };
  return areIntegers(a, b) ? divideIntegers(a, b, divide) : divide(a, b);
}

// A table, so that one exported function serves all and JavaScript finds the index by name.
const Unary kUnaries[] = {
    {"Abs", [](const Tensor& x) { return at::abs(x); }},
    {"Acos", [](const Tensor& x) { return at::acos(x); }},
    {"Acosh", [](const Tensor& x) { return at::acosh(x); }},
    {"Asin", [](const Tensor& x) { return at::asin(x); }},
    {"Asinh", [](const Tensor& x) { return at::asinh(x); }},
    {"Atan", [](const Tensor& x) { return at::atan(x); }},
    {"Atanh", [](const Tensor& x) { return at::atanh(x); }},
    {"Ceil", [](const Tensor& x) { return at::ceil(x); }},
    {"Cos", [](const Tensor& x) { return at::cos(x); }},
    {"Cosh", [](const Tensor& x) { return at::cosh(x); }},
    {"Elu", [](const Tensor& x) { return at::elu(x); }},
    {"Erf", [](const Tensor& x) { return at::erf(x); }},
    {"Exp", [](const Tensor& x) { return at::exp(x); }},
    {"Expm1", [](const Tensor& x) { return at::expm1(x); }},
    {"Floor", [](const Tensor& x) { return at::floor(x); }},
    {"IsFinite", [](const Tensor& x) { return at::isfinite(x); }},
    {"IsInf", [](const Tensor& x) { return at::isinf(x); }},
    {"IsNan", [](const Tensor& x) { return at::isnan(x); }},
    {"Log", [](const Tensor& x) { return at::log(x); }},
    {"Log1p", [](const Tensor& x) { return at::log1p(x); }},
    {"LogicalNot", [](const Tensor& x) { return at::logical_not(x); }},
    {"Neg", [](const Tensor& x) { return at::neg(x); }},
    {"Reciprocal", [](const Tensor& x) { return at::reciprocal(x); }},
    {"Relu", [](const Tensor& x) { return at::relu(x); }},
    {"Relu6", [](const Tensor& x) { return at::clamp(x, 0, 6); }},
    // Half to even, as TensorFlow rounds.
    {"Round", [](const Tensor& x) { return at::round(x); }},
    {"Rsqrt", [](const Tensor& x) { return at::rsqrt(x); }},
    {"Selu", [](const Tensor& x) { return at::selu(x); }},
    {"Sigmoid", [](const Tensor& x) { return at::sigmoid(x); }},
    {"Sign", [](const Tensor& x) { return at::sign(x); }},
    {"Sin", [](const Tensor& x) { return at::sin(x); }},
    {"Sinh", [](const Tensor& x) { return at::sinh(x); }},
    {"Softplus", [](const Tensor& x) { return at::softplus(x); }},
    {"Sqrt", [](const Tensor& x) { return at::sqrt(x); }},
    {"Square", [](const Tensor& x) { return at::mul(x, x); }},
    {"Tan", [](const Tensor& x) { return at::tan(x); }},
    {"Tanh", [](const Tensor& x) { return at::tanh(x); }},
};

const Binary kBinaries[] = {
    {"Add", [](const Tensor& a, const Tensor& b) { return at::add(a, b); }},
    {"Atan2", [](const Tensor& a, const Tensor& b) { return at::atan2(a, b); }},
    {"BitwiseAnd", [](const Tensor& a, const Tensor& b) { return at::bitwise_and(a, b); }},
    {"Equal", [](const Tensor& a, const Tensor& b) { return at::eq(a, b); }},
    {"FloorDiv", floorQuotient},
    {"Greater", [](const Tensor& a, const Tensor& b) { return at::gt(a, b); }},
    {"GreaterEqual", [](const Tensor& a, const Tensor& b) { return at::ge(a, b); }},
    {"Less", [](const Tensor& a, const Tensor& b) { return at::lt(a, b); }},
    {"LessEqual", [](const Tensor& a, const Tensor& b) { return at::le(a, b); }},
    {"LogicalAnd", [](const Tensor& a, const Tensor& b) { return at::logical_and(a, b); }},
    {"LogicalOr", [](const Tensor& a, const Tensor& b) { return at::logical_or(a, b); }},
    {"Maximum", [](const Tensor& a, const Tensor& b) { return at::maximum(a, b); }},
    {"Minimum", [](const Tensor& a, const Tensor& b) { return at::minimum(a, b); }},
    {"Mod", remainder},
    {"Multiply", [](const Tensor& a, const Tensor& b) { return at::mul(a, b); }},
    {"NotEqual", [](const Tensor& a, const Tensor& b) { return at::ne(a, b); }},
    {"Pow", [](const Tensor& a, const Tensor& b) { return at::pow(a, b); }},
    {"Prelu",
     [](const Tensor& x, const Tensor& alpha) { return at::where(x < 0, at::mul(x, alpha), x); }},
    {"RealDiv", quotient},
    {"SquaredDifference",
     [](const Tensor& a, const Tensor& b) {
       const Tensor difference = at::sub(a, b);
       return at::mul(difference, difference);
     }},
    {"Sub", [](const Tensor& a, const Tensor& b) { return at::sub(a, b); }},
};

template <typename Op, std::size_t count>
const Op& opAt(const Op (&ops)[count], std::int32_t index) {
  if (index < 0 || static_cast<std::size_t>(index) >= count) {
    throw std::invalid_argument("there is no operation " + std::to_string(index));
  }
  return ops[index];
}

// unary(op, x)
void unary(Engine& engine, const Napi::CallbackInfo& info) {
  const Unary& op = opAt(kUnaries, intAt(info, 0));
  engine.name(op.name);
  engine.give(op.run(engine.input(info, 1)));
}

// binary(op, a, b)
void binary(Engine& engine, const Napi::CallbackInfo& info) {
  const Binary& op = opAt(kBinaries, intAt(info, 0));
  engine.name(op.name);
  const Tensor& a = engine.input(info, 1);
  engine.give(op.run(a, engine.input(info, 2)));
}

// Floats to int32 as wrapToInt32 does with each.
Tensor wrapped(const Tensor& x) {
  if (!x.is_cpu()) {
    const Tensor values = at::nan_to_num(x.to(at::kDouble), 0, 0, 0);
    return at::fmod(values, 4294967296.0).to(at::kLong).to(at::kInt);
  }
  const Tensor from = x.contiguous();
  Tensor to = at::empty(x.sizes(), x.options().dtype(at::kInt));
  const auto* value = from.data_ptr<float>();
  auto* integer = to.data_ptr<std::int32_t>();
  at::parallel_for(0, x.numel(), at::internal::GRAIN_SIZE, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const bool fits = value[i] >= -2147483648.0F && value[i] < 2147483648.0F;
      integer[i] = fits ? static_cast<std::int32_t>(value[i]) : wrapToInt32(value[i]);
    }
  });
  return to;
}

// cast(x, dtype)
void cast(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  const at::ScalarType type = typeOf(intAt(info, 1));
  if (type == at::kBool) {
    engine.give(at::ne(x, 0));
  } else if (type == at::kInt && x.is_floating_point()) {
    engine.give(wrapped(x));
  } else {
    // A copy even where the dtype is the same: the result has an owner of its own.
    engine.give(x.to(type, /*non_blocking=*/false, /*copy=*/true));
  }
}

// select(condition, a, b)
void select(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& condition = engine.input(info, 0);
  const Tensor& a = engine.input(info, 1);
  engine.give(at::where(condition, a, engine.input(info, 2)));
}

// clip(x, least, most): float32 stays, bool becomes int32.
void clip(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  const double least = numberAt(info, 1), most = numberAt(info, 2);
  if (x.is_floating_point()) {
    engine.give(at::clamp(x, least, most));
    return;
  }
  constexpr double kLeast = std::numeric_limits<std::int32_t>::min();
  constexpr double kMost = std::numeric_limits<std::int32_t>::max();
  const auto whole = [=](double value) {
    return static_cast<std::int64_t>(std::trunc(std::clamp(value, kLeast, kMost)));
  };
  engine.give(at::clamp(x.to(at::kInt), whole(least), whole(most)));
}

// eluGradient(dy, y): from the result of elu.
void eluGradient(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& dy = engine.input(info, 0);
  engine.give(at::elu_backward(dy, 1, 1, 1, /*is_result=*/true, engine.input(info, 1)));
}

// step(x, alpha): 1 above 0, alpha below, NaN stays.
void step(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  const Tensor positive = at::where(x > 0, at::ones_like(x), at::full_like(x, numberAt(info, 1)));
  engine.give(x.is_floating_point() ? at::where(at::isnan(x), x, positive) : positive);
}

// leakyRelu(x, alpha)
void leakyRelu(Engine& engine, const Napi::CallbackInfo& info) {
  engine.give(at::leaky_relu(engine.input(info, 0).to(at::kFloat), numberAt(info, 1)));
}

// addN(ids): the sum of tensors of one shape.
void addN(Engine& engine, const Napi::CallbackInfo& info) {
  const auto ids = intsAt(info, 0);
  if (ids.empty()) throw std::invalid_argument("there is nothing to add");
  const auto tensors = engine.inputs(ids);
  Tensor sum = tensors[0].clone();
  for (std::size_t i = 1; i < tensors.size(); ++i) sum.add_(tensors[i]);
  engine.give(std::move(sum));
}

// batchNorm(x, mean, variance, offset | null, scale | null, epsilon)
void batchNorm(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  requireFloat(x, "x");
  Tensor factor = at::rsqrt(at::add(engine.input(info, 2), numberAt(info, 5)));
  const Tensor scale = engine.optionalInput(info, 4);
  if (scale.defined()) factor = at::mul(factor, scale);
  const Tensor centred = at::sub(x, engine.input(info, 1));
  const Tensor offset = engine.optionalInput(info, 3);
  engine.give(offset.defined() ? at::addcmul(offset, centred, factor) : at::mul(centred, factor));
}

template <typename Op, std::size_t count>
Napi::Value namesOf(const Napi::Env env, const Op (&ops)[count]) {
  auto names = Napi::Array::New(env, count);
  for (std::uint32_t i = 0; i < count; ++i) names[i] = Napi::String::New(env, ops[i].name);
  return names;
}

Napi::Value unaryNames(Engine&, const Napi::CallbackInfo& info) {
  return namesOf(info.Env(), kUnaries);
}

Napi::Value binaryNames(Engine&, const Napi::CallbackInfo& info) {
  return namesOf(info.Env(), kBinaries);
}

}  // namespace

Methods elementwiseMethods() {
  return {{"unary", unary},         {"binary", binary}, {"cast", cast}, {"select", select},
          {"clip", clip},           {"step", step},     {"leakyRelu", leakyRelu},
          {"addN", addN},           {"eluGradient", eluGradient}, {"batchNorm", batchNorm}};
}

Queries elementwiseQueries() {
  return {{"unaryNames", unaryNames}, {"binaryNames", binaryNames}};
}

}  // namespace capgrid
