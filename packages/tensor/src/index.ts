export { chooseEngine } from './choose-engine.js';
export {
  ENGINE_KINDS,
  startEngine,
  type Engine,
  type EngineKind,
  type EngineOptions,
} from './engine.js';
export {
  EngineStartError,
  KernelInputError,
  StepRuleError,
  TensorflowMissingError,
  TensorflowStartError,
  UnknownDeviceError,
  UnknownEngineError,
} from './errors.js';
export { captureStep } from './libtorch/capture-step.js';
export type { CapturedStep, Step, StepBucketOptions } from './libtorch/step-buckets.js';
