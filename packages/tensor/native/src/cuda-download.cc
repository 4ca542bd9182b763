#ifdef CAPGRID_CUDA
#include "cuda-download.h"

#include <ATen/ATen.h>
#include <c10/cuda/CUDAException.h>
#include <cuda_runtime_api.h>

#include <cstring>
#include <memory>
#include <utility>

namespace capgrid {
namespace {

// A point of a stream. Who waits for it sleeps, since that is a thread of Node's pool.
class StreamPoint {
 public:
  explicit StreamPoint(cudaStream_t stream) {
    C10_CUDA_CHECK(
        cudaEventCreateWithFlags(&event_, cudaEventDisableTiming | cudaEventBlockingSync));
    const cudaError_t status = cudaEventRecord(event_, stream);
    if (status == cudaSuccess) return;
    static_cast<void>(cudaEventDestroy(event_));
    C10_CUDA_CHECK(status);
  }
  StreamPoint(const StreamPoint&) = delete;
  StreamPoint& operator=(const StreamPoint&) = delete;
  ~StreamPoint() { static_cast<void>(cudaEventDestroy(event_)); }

  void wait() const { C10_CUDA_CHECK(cudaEventSynchronize(event_)); }

 private:
  cudaEvent_t event_ = nullptr;
};

// Deletes itself when it is done, as every AsyncWorker.
class Download final : public Napi::AsyncWorker {
 public:
  Download(Napi::Env env, at::Tensor pinned, Napi::TypedArray into, cudaStream_t stream)
      : Napi::AsyncWorker(env, "capgrid.download"),
        done_(Napi::Promise::Deferred::New(env)),
        pinned_(std::move(pinned)),
        point_(stream),
        into_(Napi::Persistent(into)),
        target_(static_cast<std::uint8_t*>(into.ArrayBuffer().Data()) + into.ByteOffset()) {}

  Napi::Promise promise() const { return done_.Promise(); }

 protected:
  // On a thread of the pool: no JavaScript here. `into_` keeps the target alive.
  void Execute() override {
    try {
      point_.wait();
      if (pinned_.nbytes() > 0) std::memcpy(target_, pinned_.data_ptr(), pinned_.nbytes());
    } catch (const c10::Error& error) {
      SetError(error.what_without_backtrace());
    } catch (const std::exception& error) {
      SetError(error.what());
    }
  }
  void OnOK() override { done_.Resolve(Env().Undefined()); }
  void OnError(const Napi::Error& error) override {
    Napi::Object value = error.Value();
    value.Set("code", "device-failed");
    done_.Reject(value);
  }

 private:
  Napi::Promise::Deferred done_;
  at::Tensor pinned_;
  StreamPoint point_;
  Napi::Reference<Napi::TypedArray> into_;
  std::uint8_t* target_;
};

}  // namespace

Napi::Promise downloadLater(Napi::Env env, const at::Tensor& tensor, Napi::TypedArray into,
                            c10::cuda::CUDAStream stream) {
  at::Tensor pinned =
      at::empty(tensor.sizes(), at::TensorOptions(tensor.scalar_type()).pinned_memory(true));
  pinned.copy_(tensor, /*non_blocking=*/true);
  auto worker = std::make_unique<Download>(env, std::move(pinned), into, stream);
  const Napi::Promise promise = worker->promise();
  worker->Queue();
  static_cast<void>(worker.release());
  return promise;
}

}  // namespace capgrid
#endif
