// When native code dies, one line on stderr says in which operation and with which tensors.
#pragma once
#include "engine.h"

namespace capgrid {

// Call it on the engine's JavaScript thread: what crashes there while an operation of the engine runs is
// reported. Any other signal goes to the handler that was there before. At most 64 engines are watched.
void watchEngine(const Engine* engine);
void forgetEngine(const Engine* engine);

}  // namespace capgrid
