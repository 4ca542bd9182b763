export { chooseEngine, findEngine, type FoundEngine } from './choose-engine.js';
export {
  ENGINE_KINDS,
  startEngine,
  type Engine,
  type EngineKind,
  type EngineOptions,
} from './engine.js';
export {
  AddonMissingError,
  EngineOptionError,
  EngineStartError,
  KernelInputError,
  NativeKernelError,
  StepRuleError,
  TensorflowMissingError,
  TensorflowStartError,
  UnknownDeviceError,
  UnknownEngineError,
} from './errors.js';
export { captureStep } from './libtorch/capture-step.js';
export type { GpuMemory } from './libtorch/gpu-binding.js';
export { gpuMemory } from './libtorch/gpu-memory.js';
export { nativeEnvironment } from './libtorch/native-environment.js';
export type { CapturedStep, Step, StepBucketOptions } from './libtorch/step-buckets.js';
