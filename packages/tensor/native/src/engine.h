// One instance of the addon: its tensors, its device and the way results go back to JavaScript.
#pragma once
#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <napi.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "recording.h"
#include "tensor-table.h"

namespace capgrid {

// What the crash report tells; plain data, since a signal handler reads it.
struct RunningOp {
  static constexpr int kMostInputs = 8;
  const char* name = nullptr;
  std::array<std::int32_t, kMostInputs> inputs{};
  int inputCount = 0;
};

// What a device keeps for an engine; see cuda-device.h.
class DeviceData {
 public:
  DeviceData() = default;
  DeviceData(const DeviceData&) = delete;
  DeviceData& operator=(const DeviceData&) = delete;
  virtual ~DeviceData() = default;
};

class Engine {
 public:
  explicit Engine(Napi::Env env);

  // The tensor behind argument `index`, an id. Throws std::invalid_argument or std::out_of_range.
  const at::Tensor& input(const Napi::CallbackInfo& info, std::size_t index);
  const at::Tensor& input(std::int32_t id);
  // Of an argument that may be null: then an undefined tensor.
  at::Tensor optionalInput(const Napi::CallbackInfo& info, std::size_t index);
  std::vector<at::Tensor> inputs(const std::vector<std::int64_t>& ids);

  // Puts a result into the table and its id, dtype and shape into the result buffer, after the
  // results already there. Ownership of the tensor goes to the table.
  void give(at::Tensor tensor);

  void begin(const char* name) noexcept;
  void end() noexcept { running_.name = nullptr; }
  // Instead of `end` where the call failed: frees what it gave, which JavaScript will not take.
  void fail() noexcept;
  // A more exact name than that of the exported function.
  void name(const char* opName) noexcept { running_.name = opName; }
  const RunningOp& running() const noexcept { return running_; }

  TensorTable& table() noexcept { return table_; }
  const TensorTable& table() const noexcept { return table_; }
  at::Device device() const noexcept { return device_; }
  DeviceData* deviceData() noexcept { return deviceData_.get(); }
  void setDevice(at::Device device, std::unique_ptr<DeviceData> data) noexcept {
    device_ = device;
    deviceData_ = std::move(data);
  }
  // Null unless the operations are recorded instead of run.
  Recording* recording() noexcept { return recording_ ? &*recording_ : nullptr; }
  void startRecording() { recording_.emplace(table_); }
  void stopRecording() noexcept { recording_.reset(); }
  Napi::Value resultBuffer() const { return resultBuffer_.Value(); }

 private:
  TensorTable table_;
  at::Device device_{at::kCPU};
  std::unique_ptr<DeviceData> deviceData_;
  std::optional<Recording> recording_;
  RunningOp running_;
  // Int32Array shared with JavaScript: for each result id, dtype, rank, sizes.
  static constexpr std::size_t kResultWords = 1 << 16;
  Napi::Reference<Napi::Int32Array> resultBuffer_;
  std::int32_t* words_;
  std::size_t wordsUsed_ = 0;
};

// An exported function. What `run` throws becomes a JavaScript error with a code; an error that
// JavaScript threw passes unchanged.
struct Method {
  const char* name;
  void (*run)(Engine& engine, const Napi::CallbackInfo& info);
};
// An exported function with a plain JavaScript result.
struct Query {
  const char* name;
  Napi::Value (*run)(Engine& engine, const Napi::CallbackInfo& info);
};

// Codes of dtypes in the result buffer and in arguments; native/src and src/libtorch/dtypes.ts agree.
enum class Dtype : std::int32_t { kFloat32 = 0, kInt32 = 1, kBool = 2 };
Dtype codeOf(at::ScalarType type);
at::ScalarType typeOf(std::int32_t code);

// "[2, 3] float32"
std::string describe(const at::Tensor& tensor);

}  // namespace capgrid
