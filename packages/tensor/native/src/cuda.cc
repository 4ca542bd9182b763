// What exists only on a GPU.
#include "methods.h"

namespace capgrid {

Queries cudaQueries() { return {}; }

}  // namespace capgrid
