// Tensors in and out of JavaScript.
#include <ATen/ATen.h>

#include <cstring>
#include <stdexcept>

#include "arguments.h"
#include "cpu-allocator.h"
#include "device.h"
#include "methods.h"

namespace capgrid {
namespace {

struct Bytes {
  void* data;
  std::size_t size;
};

Bytes bytesOf(const Napi::Value& value) {
  if (!value.IsTypedArray()) throw std::invalid_argument("the values are not a typed array");
  // The buffer itself may be shared, which has no class of its own here; its data can be had so.
  void* data = nullptr;
  if (napi_get_typedarray_info(value.Env(), value, nullptr, nullptr, &data, nullptr, nullptr) != napi_ok) {
    throw std::invalid_argument("the values cannot be read");
  }
  return {data, value.As<Napi::TypedArray>().ByteLength()};
}

// upload(values: TypedArray, dtype, shape): one copy, to the engine's device.
void upload(Engine& engine, const Napi::CallbackInfo& info) {
  const Bytes bytes = bytesOf(info[0]);
  const auto shape = intsAt(info, 2);
  const at::ScalarType type = typeOf(intAt(info, 1));
  at::Tensor tensor = uploadBuffer(engine, shape, type);
  if (tensor.nbytes() != bytes.size) {
    throw std::invalid_argument("the shape wants " + std::to_string(tensor.nbytes()) +
                                " bytes, the values have " + std::to_string(bytes.size));
  }
  if (bytes.size > 0) std::memcpy(tensor.data_ptr(), bytes.data, bytes.size);
  engine.give(sendToDevice(engine, std::move(tensor)));
}

// download(id, into: TypedArray): waits for the device; one copy, straight into the array.
Napi::Value download(Engine& engine, const Napi::CallbackInfo& info) {
  if (engine.recording() != nullptr) throw std::logic_error("values cannot be read while a step is recorded");
  const at::Tensor& tensor = engine.input(info, 0);
  const Bytes bytes = bytesOf(info[1]);
  if (tensor.nbytes() != bytes.size) {
    throw std::invalid_argument("the tensor has " + std::to_string(tensor.nbytes()) +
                                " bytes, the array " + std::to_string(bytes.size));
  }
  if (bytes.size > 0) {
    at::from_blob(bytes.data, tensor.sizes(), at::TensorOptions(tensor.scalar_type())).copy_(tensor);
  }
  return info.Env().Undefined();
}

// free(id)
Napi::Value freeTensor(Engine& engine, const Napi::CallbackInfo& info) {
  engine.table().free(intAt(info, 0));
  return info.Env().Undefined();
}

// reshape(id, shape): shares the data where the layout allows it.
void reshape(Engine& engine, const Napi::CallbackInfo& info) {
  engine.give(engine.input(info, 0).reshape(intsAt(info, 1)));
}

// fill(shape, value, dtype)
void fill(Engine& engine, const Napi::CallbackInfo& info) {
  const at::ScalarType type = typeOf(intAt(info, 2));
  const double value = numberAt(info, 1);
  const at::Scalar filling = type == at::kInt ? at::Scalar(wrapToInt32(value)) : at::Scalar(value);
  engine.give(at::full(intsAt(info, 0), filling, at::TensorOptions(type).device(engine.device())));
}

// tensorCount(): ids in use.
Napi::Value tensorCount(Engine& engine, const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(engine.table().size()));
}

// setKeptLimit(bytes), keptBytes(): of freed memory of the CPU, see cpu-allocator.h.
Napi::Value setLimit(Engine&, const Napi::CallbackInfo& info) {
  const double bytes = numberAt(info, 0);
  if (!(bytes >= 0 && bytes <= 9007199254740991.0)) {
    throw std::invalid_argument("the limit is " + std::to_string(bytes) + " bytes");
  }
  setKeptLimit(static_cast<std::size_t>(bytes));
  return info.Env().Undefined();
}
Napi::Value kept(Engine&, const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(keptBytes()));
}

}  // namespace

Methods memoryMethods() {
  return {{"upload", upload}, {"reshape", reshape}, {"fill", fill}};
}

Queries memoryQueries() {
  return {{"download", download}, {"free", freeTensor}, {"tensorCount", tensorCount},
          {"setKeptLimit", setLimit}, {"keptBytes", kept}};
}

}  // namespace capgrid
