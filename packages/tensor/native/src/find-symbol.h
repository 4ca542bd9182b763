// Functions of libraries that may be loaded, such as those of OpenBLAS.
#pragma once
#include <dlfcn.h>

namespace capgrid {

// Null where no loaded library has it. `Function` is a pointer to a function.
template <typename Function>
Function findSymbol(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_DEFAULT, name));
}

}  // namespace capgrid
