#include "methods.h"

namespace capgrid {

namespace {
template <typename Item>
void append(std::vector<Item>& all, std::vector<Item> more) {
  all.insert(all.end(), more.begin(), more.end());
}
}  // namespace

Methods allMethods() {
  Methods all;
  append(all, memoryMethods());
  append(all, elementwiseMethods());
  append(all, reductionMethods());
  append(all, matrixMethods());
  append(all, shapeMethods());
  append(all, indexingMethods());
  append(all, topKMethods());
  append(all, convolutionMethods());
  append(all, poolingMethods());
  append(all, resizeMethods());
  append(all, fusedMethods());
  append(all, cudaMethods());
  return all;
}

Queries allQueries() {
  Queries all;
  append(all, memoryQueries());
  append(all, elementwiseQueries());
  append(all, reductionQueries());
  append(all, runtimeQueries());
  append(all, cudaQueries());
  return all;
}

}  // namespace capgrid
