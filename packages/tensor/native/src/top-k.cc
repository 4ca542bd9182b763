#include "top-k.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "arguments.h"
#include "methods.h"

namespace capgrid {
namespace {

using at::Tensor;

template <typename Value>
struct Candidate {
  Value value;
  std::int32_t position;
};

template <typename Value>
bool isNan(Value value) {
  return value != value;
}

// Larger values first, among equals the lower position as in TensorFlow, NaN after all others.
template <typename Value>
bool isBefore(const Candidate<Value>& a, const Candidate<Value>& b) {
  if (a.value > b.value) return true;
  if (isNan(a.value) != isNan(b.value)) return isNan(b.value);
  return !(a.value < b.value) && a.position < b.position;
}

// Keeps the best k in order while it reads the row. Each new one that is good enough moves to its
// place; in a row of n random values that happens about k ln(n / k) times.
template <typename Value>
void takeByInsertion(const Value* row, std::int64_t count, std::vector<Candidate<Value>>& best) {
  const std::size_t k = best.size();
  std::size_t kept = 0;
  const auto consider = [&](std::int64_t i) {
    const Candidate<Value> next{row[i], static_cast<std::int32_t>(i)};
    if (kept == k && !isBefore(next, best[k - 1])) return;
    std::size_t place = kept < k ? kept++ : k - 1;
    for (; place > 0 && isBefore(next, best[place - 1]); --place) best[place] = best[place - 1];
    best[place] = next;
  };
  // Blocks without a value above the least that is kept are passed over; the compiler makes that
  // comparison with vectors.
  constexpr std::int64_t kBlock = 32;
  std::int64_t i = 0;
  for (; i < count && kept < k; ++i) consider(i);
  for (; i + kBlock <= count; i += kBlock) {
    const Value least = best[k - 1].value;
    int above = isNan(least) ? 1 : 0;
    for (std::int64_t j = 0; j < kBlock; ++j) above |= row[i + j] > least ? 1 : 0;
    if (above == 0) continue;
    for (std::int64_t j = 0; j < kBlock; ++j) consider(i + j);
  }
  for (; i < count; ++i) consider(i);
}

template <typename Value>
void takeBySorting(const Value* row, std::int64_t count, std::vector<Candidate<Value>>& best,
                   std::vector<Candidate<Value>>& all) {
  all.resize(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    all[static_cast<std::size_t>(i)] = {row[i], static_cast<std::int32_t>(i)};
  }
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(best.size());
  std::partial_sort(all.begin(), middle, all.end(), isBefore<Value>);
  std::copy(all.begin(), middle, best.begin());
}

template <typename Value>
void takeRows(const Tensor& rows, const Tensor& values, const Tensor& positions) {
  constexpr std::int64_t kMostForInsertion = 64;
  const std::int64_t count = rows.size(1), k = values.size(1);
  const auto* from = rows.data_ptr<Value>();
  auto* value = values.data_ptr<Value>();
  auto* position = positions.data_ptr<std::int32_t>();
  const std::int64_t grain = std::max<std::int64_t>(1, at::internal::GRAIN_SIZE / std::max<std::int64_t>(count, 1));
  at::parallel_for(0, rows.size(0), grain, [&](std::int64_t begin, std::int64_t end) {
    std::vector<Candidate<Value>> best(static_cast<std::size_t>(k)), all;
    for (std::int64_t row = begin; row < end; ++row) {
      if (k <= kMostForInsertion) {
        takeByInsertion(from + row * count, count, best);
      } else {
        takeBySorting(from + row * count, count, best, all);
      }
      for (std::int64_t i = 0; i < k; ++i) {
        value[row * k + i] = best[static_cast<std::size_t>(i)].value;
        position[row * k + i] = best[static_cast<std::size_t>(i)].position;
      }
    }
  });
}

// topK(x, k): over the last axis; values and int32 positions, largest first.
void topK(Engine& engine, const Napi::CallbackInfo& info) {
  const Tensor& x = engine.input(info, 0);
  const std::int64_t k = intAt(info, 1);
  if (x.dim() == 0 || k < 0 || k > x.size(-1)) {
    throw std::invalid_argument("there are no " + std::to_string(k) + " values in each row of " +
                                describe(x));
  }
  if (x.is_cpu()) {
    auto [values, positions] = largestOfRows(x, k);
    engine.give(std::move(values));
    engine.give(std::move(positions));
    return;
  }
  // at::topk leaves open which of equal values it takes.
  const auto sorted = at::sort(x, /*stable=*/true, -1, /*descending=*/true);
  engine.give(std::get<0>(sorted).narrow(-1, 0, k).contiguous());
  engine.give(std::get<1>(sorted).narrow(-1, 0, k).to(at::kInt));
}

}  // namespace

std::pair<Tensor, Tensor> largestOfRows(const Tensor& x, std::int64_t k) {
  std::vector<std::int64_t> shape = x.sizes().vec();
  shape.back() = k;
  Tensor values = at::empty(shape, x.options());
  Tensor positions = at::empty(shape, x.options().dtype(at::kInt));
  if (values.numel() == 0) return {values, positions};
  const Tensor rows = x.contiguous().view({-1, x.size(-1)});
  const Tensor valueRows = values.view({-1, k}), positionRows = positions.view({-1, k});
  switch (x.scalar_type()) {
    case at::kFloat:
      takeRows<float>(rows, valueRows, positionRows);
      break;
    case at::kInt:
      takeRows<std::int32_t>(rows, valueRows, positionRows);
      break;
    default:
      takeRows<bool>(rows, valueRows, positionRows);
  }
  return {values, positions};
}

Methods topKMethods() { return {{"topK", topK}}; }

}  // namespace capgrid
