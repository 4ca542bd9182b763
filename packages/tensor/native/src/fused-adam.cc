// Adam over all parameters in one call, with clipping; weights and moments change in place.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "arguments.h"
#include "fused.h"
#include "vector-math.h"

namespace capgrid {
namespace {

using at::Tensor;

enum class Clip : std::int32_t { kNone = 0, kElement = 1, kNorm = 2 };

struct Rule {
  float rate;  // bias-corrected step size
  float beta1;
  float beta2;
  float epsilon;
  float limit;    // of one element; infinite without element-wise clipping
  float shrink;   // factor of norm clipping
};

struct Parameter {
  Tensor weight;
  Tensor gradient;
  Tensor m;
  Tensor v;
};

// The order of additions depends on the sizes alone: blocks of this many values are summed each on
// its own, then added up.
constexpr std::int64_t kBlock = 1 << 14;

CAPGRID_VECTORISED float sumOfSquares(const float* x, std::int64_t count) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < count; ++i) sum += x[i] * x[i];
  return sum;
}

double squaredNorm(const Tensor& x) {
  const std::int64_t size = x.numel();
  const std::int64_t blocks = (size + kBlock - 1) / kBlock;
  std::vector<float> sums(static_cast<std::size_t>(blocks));
  const float* data = x.data_ptr<float>();
  at::parallel_for(0, blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t b = begin; b < end; ++b) {
      sums[static_cast<std::size_t>(b)] =
          sumOfSquares(data + b * kBlock, std::min(kBlock, size - b * kBlock));
    }
  });
  double total = 0;
  for (const float sum : sums) total += static_cast<double>(sum);
  return total;
}

CAPGRID_VECTORISED void updateRange(float* weight, const float* gradient, float* m, float* v,
                                    const Rule& rule, std::int64_t begin, std::int64_t end) {
#pragma omp simd
  for (std::int64_t i = begin; i < end; ++i) {
    float g = gradient[i] * rule.shrink;
    g = g > rule.limit ? rule.limit : g;
    g = g < -rule.limit ? -rule.limit : g;
    const float first = rule.beta1 * m[i] + (1 - rule.beta1) * g;
    const float second = rule.beta2 * v[i] + (1 - rule.beta2) * g * g;
    m[i] = first;
    v[i] = second;
    weight[i] -= rule.rate * (first / (std::sqrt(second) + rule.epsilon));
  }
}

// On the GPU: plain operations, none of which needs a number on the host, so that they can be
// recorded. `rate` [1].
Tensor updateOnDevice(const std::vector<Parameter>& parameters, const Tensor& rate, const Rule& rule,
                      Clip clip, double limit) {
  std::vector<Tensor> norms;
  for (const auto& p : parameters) norms.push_back(at::linalg_vector_norm(p.gradient));
  const Tensor norm = at::linalg_vector_norm(at::stack(norms));
  const Tensor shrink = at::clamp_max(limit / norm, 1.0);
  for (const auto& p : parameters) {
    Tensor g = p.gradient.view(-1);
    if (clip == Clip::kElement) g = g.clamp(-limit, limit);
    if (clip == Clip::kNorm) g = g * shrink;
    const Tensor m = p.m.view(-1);
    const Tensor v = p.v.view(-1);
    m.mul_(rule.beta1).add_(g, 1 - rule.beta1);
    v.mul_(rule.beta2).addcmul_(g, g, 1 - rule.beta2);
    p.weight.view(-1).sub_(at::div(m, v.sqrt().add_(rule.epsilon)).mul_(rate));
  }
  return norm;
}

// A tensor that may be changed in place: contiguous and the only owner of its memory. Otherwise the
// table gets a copy that is.
Tensor owned(Engine& engine, std::int32_t id) {
  const Tensor& tensor = engine.input(id);
  requireFloat(tensor, "a parameter or moment");
  if (tensor.is_contiguous() && tensor.storage().use_count() == 1 &&
      tensor.storage().nbytes() == tensor.nbytes()) {
    return tensor;
  }
  if (engine.recording() != nullptr) {
    // The copy would be recorded and not made: if the recording failed, the values would be lost.
    throw std::runtime_error(
        "a step that changes a parameter or moment of which a view is in use cannot be recorded");
  }
  engine.table().replace(id, tensor.clone(at::MemoryFormat::Contiguous));
  return engine.table().at(id);
}

// The parameters whose ids are `ids`, see adamStep. Tensors of one parameter may have different shapes:
// what counts is the order of the values.
std::vector<Parameter> parametersOf(Engine& engine, const std::vector<std::int64_t>& ids) {
  constexpr std::size_t kTensors = 4;
  if (ids.empty() || ids.size() % kTensors != 0) {
    throw std::invalid_argument("there should be ids of weight, gradient, m and v of each parameter, there are " +
                                std::to_string(ids.size()));
  }
  std::vector<Parameter> parameters;
  for (std::size_t i = 0; i < ids.size(); i += kTensors) {
    const auto at = [&](std::size_t offset) { return static_cast<std::int32_t>(ids[i + offset]); };
    const Tensor gradient = engine.input(at(1)).contiguous();
    requireFloat(gradient, "a gradient");
    Parameter p{owned(engine, at(0)), gradient, owned(engine, at(2)), owned(engine, at(3))};
    for (const Tensor* other : {&p.gradient, &p.m, &p.v}) {
      if (other->numel() != p.weight.numel()) {
        throw std::invalid_argument("gradient and moments of parameter " +
                                    std::to_string(i / kTensors) + " should be " +
                                    describe(p.weight) + ", one is " + describe(*other));
      }
    }
    parameters.push_back(std::move(p));
  }
  return parameters;
}

// adamStep(rate [1], ids of weight, gradient, m, v per parameter, beta1, beta2, epsilon, clip kind,
//   clip value) -> norm of all gradients before clipping
void adamStep(Engine& engine, const Napi::CallbackInfo& info) {
  engine.name("AdamStep");
  const Tensor rate = engine.input(info, 0).reshape({-1});
  requireFloat(rate, "rate");
  requireShape(rate, {1}, "rate");
  const auto parameters = parametersOf(engine, intsAt(info, 1));
  const auto clip = static_cast<Clip>(intAt(info, 5));
  const double limit = numberAt(info, 6);
  Rule rule{0,
            static_cast<float>(numberAt(info, 2)),
            static_cast<float>(numberAt(info, 3)),
            static_cast<float>(numberAt(info, 4)),
            clip == Clip::kElement ? static_cast<float>(limit) : std::numeric_limits<float>::infinity(),
            1};
  if (rate.is_cuda()) {
    engine.give(updateOnDevice(parameters, rate, rule, clip, limit));
    return;
  }
  rule.rate = rate.item<float>();
  double squares = 0;
  for (const auto& p : parameters) squares += squaredNorm(p.gradient);
  const double norm = std::sqrt(squares);
  if (clip == Clip::kNorm && norm > limit) rule.shrink = static_cast<float>(limit / norm);
  for (const auto& p : parameters) {
    at::parallel_for(0, p.weight.numel(), kBlock, [&](std::int64_t begin, std::int64_t end) {
      updateRange(p.weight.data_ptr<float>(), p.gradient.data_ptr<float>(), p.m.data_ptr<float>(),
                  p.v.data_ptr<float>(), rule, begin, end);
    });
  }
  engine.give(at::full({}, norm, rate.options()));
}

}  // namespace

Methods optimizerMethods() { return {{"adamStep", adamStep}}; }

}  // namespace capgrid
