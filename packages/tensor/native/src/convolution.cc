// Convolutions and pooling.
#include "methods.h"

namespace capgrid {

Methods convolutionMethods() { return {}; }

}  // namespace capgrid
