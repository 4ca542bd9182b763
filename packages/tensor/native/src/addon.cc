// Exports the engine's functions to JavaScript and turns every C++ exception into an Error.
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>
#include <napi.h>

#include <memory>
#include <vector>

#include "cpu-allocator.h"
#include "crash-report.h"
#include "engine.h"
#include "methods.h"

namespace capgrid {
namespace {

// The data of one exported function; lives as long as the addon's instance.
struct Bound {
  Engine* engine;
  Method method;
  Query query;
};

// The state of one instance of the addon (one per JavaScript thread).
struct Instance {
  std::unique_ptr<Engine> engine;
  std::vector<std::unique_ptr<Bound>> functions;
  ~Instance() { forgetEngine(engine.get()); }
};

Napi::Error errorOf(Napi::Env env, const char* code, const std::string& message) {
  Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", Napi::String::New(env, code));
  return error;
}

Napi::Value call(const Napi::CallbackInfo& info) {
  const auto& bound = *static_cast<const Bound*>(info.Data());
  Engine& engine = *bound.engine;
  const bool isQuery = bound.query.run != nullptr;
  engine.begin(isQuery ? bound.query.name : bound.method.name);
  try {
    const c10::InferenceMode guard;
    Napi::Value value = info.Env().Undefined();
    if (isQuery) {
      value = bound.query.run(engine, info);
    } else {
      bound.method.run(engine, info);
    }
    engine.end();
    return value;
  } catch (const Napi::Error&) {
    engine.fail();
    throw;
  } catch (const c10::Error& error) {
    engine.fail();
    const std::string message = error.what_without_backtrace();
    const bool isMemory = message.find("out of memory") != std::string::npos ||
                          message.find("not enough memory") != std::string::npos ||
                          message.find("allocate memory") != std::string::npos;
    // After most errors of CUDA the process cannot use the GPU any more; what a recording does not
    // allow is none of these.
    const bool isDevice = message.find("CUDA error") != std::string::npos &&
                          message.find("captur") == std::string::npos;
    throw errorOf(info.Env(),
                  isMemory   ? "out-of-memory"
                  : isDevice ? "device-failed"
                             : "kernel-failed",
                  message);
  } catch (const std::bad_alloc&) {
    engine.fail();
    throw errorOf(info.Env(), "out-of-memory", "the memory is not enough");
  } catch (const std::exception& error) {
    engine.fail();
    throw errorOf(info.Env(), "kernel-input", error.what());
  } catch (...) {
    engine.fail();
    throw errorOf(info.Env(), "kernel-failed", "something was thrown that is no exception");
  }
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  installCpuAllocator();
  auto instance = std::make_unique<Instance>();
  instance->engine = std::make_unique<Engine>(env);
  const auto add = [&](const char* name, Method method, Query query) {
    instance->functions.push_back(
        std::make_unique<Bound>(Bound{instance->engine.get(), method, query}));
    exports.Set(name, Napi::Function::New<call>(env, name, instance->functions.back().get()));
  };
  for (const Method& method : allMethods()) add(method.name, method, {});
  for (const Query& query : allQueries()) add(query.name, {}, query);
  exports.Set("results", instance->engine->resultBuffer());
  watchEngine(instance->engine.get());
  env.SetInstanceData(instance.release());
  return exports;
}

}  // namespace
}  // namespace capgrid

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  return capgrid::init(env, exports);
}
NODE_API_MODULE(capgrid_tensor, Init)
