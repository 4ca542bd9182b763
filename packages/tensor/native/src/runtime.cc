// What the engine runs on: version, BLAS, threads.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <torch/csrc/api/include/torch/version.h>

#include <climits>
#include <cstdlib>
#include <string>

#include "arguments.h"
#include "find-symbol.h"
#include "gemm.h"
#include "methods.h"

namespace capgrid {
namespace {

// Path of the library that a symbol comes from, links followed; empty where there is none.
std::string libraryOf(const char* symbol) {
  Dl_info info{};
  void* address = ::dlsym(RTLD_DEFAULT, symbol);
  if (address == nullptr || ::dladdr(address, &info) == 0) return "";
  char path[PATH_MAX];
  return ::realpath(info.dli_fname, path) == nullptr ? info.dli_fname : path;
}

// Of the library that multiplies matrices. Another one may be loaded as well: the LAPACK of OpenBLAS
// brings OpenBLAS along, also beside the reference BLAS.
std::string blasName() {
  const std::string library = libraryOf("sgemm_");
  const auto has = [&](const char* word) { return library.find(word) != std::string::npos; };
  if (has("openblas")) {
    const auto config = findSymbol<char* (*)()>("openblas_get_config");
    return config == nullptr ? "OpenBLAS" : config();
  }
  if (has("blis")) return "BLIS";
  if (has("libblas.so")) return "reference BLAS";
  return at::hasMKL() ? "MKL" : "built in";
}

// runtime(): { version, blas, threads, hasCuda }
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
