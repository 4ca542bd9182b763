// When native code dies, one line on stderr says in which operation and with which tensors.
#pragma once
#include "engine.h"

namespace capgrid {

// The engine whose running operation the report names. The signal handlers are installed once.
void watchEngine(const Engine* engine);
void forgetEngine(const Engine* engine);

}  // namespace capgrid
