// Every group of exported functions; each is defined in the file named after it.
#pragma once
#include <vector>

#include "engine.h"

namespace capgrid {

using Methods = std::vector<Method>;
using Queries = std::vector<Query>;

Methods elementwiseMethods();
Methods reductionMethods();
Methods matrixMethods();
Methods shapeMethods();
Methods indexingMethods();
Methods topKMethods();
Methods convolutionMethods();
Methods poolingMethods();
Methods resizeMethods();
Methods fusedMethods();
Methods memoryMethods();
Methods cudaMethods();
Queries memoryQueries();
Queries elementwiseQueries();
Queries reductionQueries();
Queries runtimeQueries();
Queries cudaQueries();

Methods allMethods();
Queries allQueries();

}  // namespace capgrid
