// The functions about the device; those of a GPU only where the addon is compiled with CUDA.
#include <ATen/ATen.h>

#include <algorithm>
#include <stdexcept>

#include "arguments.h"
#include "device.h"
#include "methods.h"

#ifdef CAPGRID_CUDA
#include <c10/cuda/CUDACachingAllocator.h>

#include "cuda-device.h"
#include "cuda-download.h"
#endif

namespace capgrid {
namespace {

// gpus(): names in CUDA's order; null where the addon was built without CUDA.
Napi::Value gpus(Engine&, const Napi::CallbackInfo& info) {
#ifdef CAPGRID_CUDA
  auto names = Napi::Array::New(info.Env());
  for (const std::string& name : visibleGpus()) {
    names[names.Length()] = Napi::String::New(info.Env(), name);
  }
  return names;
#else
  return info.Env().Null();
#endif
}

// useGpu(index)
Napi::Value useGpuAt(Engine& engine, const Napi::CallbackInfo& info) {
  useGpu(engine, intAt(info, 0));
  return info.Env().Undefined();
}

// setStrictFloat32(isStrict): false lets GPUs round the factors of matrix products and convolutions
// to TF32 (10 bits of mantissa). libtorch 2.9 and later have finer settings beside these two, which
// set them as well; to use both kinds would be an error there. Nothing happens on the CPU, where some
// releases would compute less exactly too.
Napi::Value setStrictFloat32(Engine& engine, const Napi::CallbackInfo& info) {
  const bool isStrict = boolAt(info, 0);
  if (!engine.device().is_cuda()) return info.Env().Undefined();
  at::globalContext().setAllowTF32CuBLAS(!isStrict);
  at::globalContext().setAllowTF32CuDNN(!isStrict);
  return info.Env().Undefined();
}

#ifdef CAPGRID_CUDA

// synchronize(): waits until the GPU has nothing left to do. Throws what failed there.
Napi::Value synchronize(Engine& engine, const Napi::CallbackInfo& info) {
  C10_CUDA_CHECK(cudaStreamSynchronize(cudaDevice(engine).stream()));
  return info.Env().Undefined();
}

// gpuMemory(): bytes { allocated, reserved } by this process through libtorch, { free, total } of the
// GPU, which other processes may use too.
Napi::Value gpuMemory(Engine& engine, const Napi::CallbackInfo& info) {
  const auto device = cudaDevice(engine).stream().device_index();
  const auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(device);
  constexpr std::size_t kAll = 0;  // StatType::AGGREGATE, whose namespace differs between releases
  std::size_t free = 0;
  std::size_t total = 0;
  C10_CUDA_CHECK(cudaMemGetInfo(&free, &total));
  auto object = Napi::Object::New(info.Env());
  object.Set("allocated", static_cast<double>(stats.allocated_bytes[kAll].current));
  object.Set("reserved", static_cast<double>(stats.reserved_bytes[kAll].current));
  object.Set("free", static_cast<double>(free));
  object.Set("total", static_cast<double>(total));
  return object;
}

// downloadAsync(id, into: TypedArray): a promise.
Napi::Value downloadAsync(Engine& engine, const Napi::CallbackInfo& info) {
  if (engine.recording() != nullptr) throw std::logic_error("values cannot be read while a step is recorded");
  const at::Tensor& tensor = engine.input(info, 0);
  if (!info[1].IsTypedArray()) throw std::invalid_argument("argument 1 is not a typed array");
  const auto into = info[1].As<Napi::TypedArray>();
  if (tensor.nbytes() != into.ByteLength()) {
    throw std::invalid_argument("the tensor has " + std::to_string(tensor.nbytes()) +
                                " bytes, the array " + std::to_string(into.ByteLength()));
  }
  return downloadLater(info.Env(), tensor, into, cudaDevice(engine).stream());
}

// beginRecording(inputIds): from here on operations are recorded, not run. The results are copies of
// the inputs; the step has to read these.
void beginRecording(Engine& engine, const Napi::CallbackInfo& info) {
  CudaDevice& device = cudaDevice(engine);
  std::vector<at::Tensor> inputs;
  for (const at::Tensor& tensor : engine.inputs(intsAt(info, 0))) {
    inputs.push_back(tensor.clone(at::MemoryFormat::Contiguous));
  }
  device.graphs().begin(inputs);
  try {
    for (const at::Tensor& input : inputs) engine.give(input);
    engine.startRecording();
  } catch (...) {
    device.graphs().abandon();
    throw;
  }
}

bool sharesMemory(const at::Tensor& a, const at::Tensor& b) {
  return a.storage().unsafeGetStorageImpl() == b.storage().unsafeGetStorageImpl();
}

// A tensor that is changed in place must be the only one with its memory, and it keeps that itself.
void dropViewsOf(const std::vector<OwnedTensor>& owned, std::vector<at::Tensor>& kept) {
  const auto isView = [&](const at::Tensor& tensor) {
    return std::any_of(owned.begin(), owned.end(), [&](const OwnedTensor& each) {
      return sharesMemory(each.tensor, tensor);
    });
  };
  kept.erase(std::remove_if(kept.begin(), kept.end(), isView), kept.end());
}

// endRecording(outputIds, ownedIds): number of the recorded step. `ownedIds`: tensors that the step
// changes in place. When it throws, nothing is recorded any more.
Napi::Value endRecording(Engine& engine, const Napi::CallbackInfo& info) {
  StepGraphs& graphs = cudaDevice(engine).graphs();
  Recording* recording = engine.recording();
  if (recording == nullptr) throw std::logic_error("no step is being recorded");
  try {
    std::vector<at::Tensor> outputs = engine.inputs(intsAt(info, 0));
    std::vector<OwnedTensor> owned;
    for (const std::int64_t number : intsAt(info, 1)) {
      const auto id = static_cast<std::int32_t>(number);
      if (!recording->isUnmoved(id, engine.table())) {
        throw std::runtime_error("what the step changes in place was made or freed in the step itself");
      }
      owned.push_back({id, engine.table().at(id)});
    }
    std::vector<at::Tensor> kept = recording->takeKept();
    dropViewsOf(owned, kept);
    engine.stopRecording();
    const std::int32_t step = graphs.end(std::move(outputs), std::move(kept), std::move(owned));
    return Napi::Number::New(info.Env(), step);
  } catch (...) {
    engine.stopRecording();
    graphs.abandon();
    throw;
  }
}

// abandonRecording(): operations run again; nothing happens when none is recorded.
Napi::Value abandonRecording(Engine& engine, const Napi::CallbackInfo& info) {
  engine.stopRecording();
  cudaDevice(engine).graphs().abandon();
  return info.Env().Undefined();
}

// isStale(step): true when a tensor that the step changes in place has other memory by now, or a view
// of it exists, whose values must not change.
Napi::Value isStale(Engine& engine, const Napi::CallbackInfo& info) {
  bool isMoved = false;
  for (const OwnedTensor& owned : cudaDevice(engine).graphs().owned(intAt(info, 0))) {
    const at::Tensor* now = engine.table().find(owned.id);
    isMoved = isMoved || now == nullptr || !now->is_same(owned.tensor) ||
              now->storage().use_count() > 1;
  }
  return Napi::Boolean::New(info.Env(), isMoved);
}

// replay(step, inputIds): runs a recorded step; the results are copies of its outputs.
void replay(Engine& engine, const Napi::CallbackInfo& info) {
  const auto inputs = engine.inputs(intsAt(info, 1));
  for (at::Tensor& output : cudaDevice(engine).graphs().replay(intAt(info, 0), inputs)) {
    engine.give(std::move(output));
  }
}

// freeStep(step): waits for the GPU.
Napi::Value freeStep(Engine& engine, const Napi::CallbackInfo& info) {
  cudaDevice(engine).graphs().free(intAt(info, 0));
  return info.Env().Undefined();
}

#endif

}  // namespace

#ifdef CAPGRID_CUDA

CudaDevice::CudaDevice(c10::DeviceIndex index)
    : stream_(c10::cuda::getStreamFromPool(/*isHighPriority=*/false, index)),
      uploadStream_(c10::cuda::getStreamFromPool(/*isHighPriority=*/false, index)),
      graphs_(stream_) {
  c10::cuda::setCurrentCUDAStream(stream_);
}

CudaDevice& cudaDevice(Engine& engine) {
  auto* device = dynamic_cast<CudaDevice*>(engine.deviceData());
  if (device == nullptr) {
    throw std::invalid_argument("this needs a GPU, and the engine computes on the CPU");
  }
  return *device;
}

#endif

Methods cudaMethods() {
#ifdef CAPGRID_CUDA
  return {{"beginRecording", beginRecording}, {"replay", replay}};
#else
  return {};
#endif
}

Queries cudaQueries() {
  Queries queries{{"gpus", gpus}, {"useGpu", useGpuAt}, {"setStrictFloat32", setStrictFloat32}};
#ifdef CAPGRID_CUDA
  const Queries more{{"synchronize", synchronize},
                     {"gpuMemory", gpuMemory},
                     {"downloadAsync", downloadAsync},
                     {"endRecording", endRecording},
                     {"abandonRecording", abandonRecording},
                     {"isStale", isStale},
                     {"freeStep", freeStep}};
  queries.insert(queries.end(), more.begin(), more.end());
#endif
  return queries;
}

}  // namespace capgrid
