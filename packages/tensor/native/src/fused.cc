// The fused kernels of @capgrid/ops.
#include "methods.h"

namespace capgrid {

Methods fusedMethods() { return {}; }

}  // namespace capgrid
