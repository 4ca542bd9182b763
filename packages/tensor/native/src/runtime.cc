// What the engine runs on: version, BLAS, threads.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <torch/csrc/api/include/torch/version.h>

#include <cstdio>
#include <cstring>
#include <string>

#include "arguments.h"
#include "gemm.h"
#include "methods.h"

namespace capgrid {
namespace {

template <typename Function>
Function find(const char* symbol) {
  return reinterpret_cast<Function>(::dlsym(RTLD_DEFAULT, symbol));
}

bool isLoaded(const char* library) {
  std::FILE* maps = std::fopen("/proc/self/maps", "r");
  if (maps == nullptr) return false;
  char line[4096];
  bool found = false;
  while (!found && std::fgets(line, sizeof line, maps) != nullptr) {
    found = std::strstr(line, library) != nullptr;
  }
  std::fclose(maps);
  return found;
}

std::string blasName() {
  if (const auto config = find<char* (*)()>("openblas_get_config")) return config();
  if (at::hasMKL()) return "MKL";
  if (isLoaded("libblis")) return "BLIS";
  if (isLoaded("/libblas.so.3")) return "reference BLAS";
  return "built in";
}

// runtime(): { version, blas, threads, cuda }
Napi::Value runtime(Engine&, const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto object = Napi::Object::New(env);
  object.Set("version", TORCH_VERSION);
  object.Set("blas", blasName());
  object.Set("threads", at::get_num_threads());
  object.Set("hasCuda", at::hasCUDA());
  return object;
}

// setThreads(count): for ATen's loops and for the BLAS alike.
Napi::Value setThreads(Engine&, const Napi::CallbackInfo& info) {
  const int count = intAt(info, 0);
  at::set_num_threads(count);
  setBlasThreads(count);
  return info.Env().Undefined();
}

}  // namespace

Queries runtimeQueries() { return {{"runtime", runtime}, {"setThreads", setThreads}}; }

}  // namespace capgrid
