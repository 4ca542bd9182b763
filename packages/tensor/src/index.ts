export { chooseEngine } from './choose-engine.js';
export { ENGINE_KINDS, startEngine, type Engine, type EngineKind } from './engine.js';
export {
  EngineStartError,
  KernelInputError,
  TensorflowMissingError,
  TensorflowStartError,
  UnknownEngineError,
} from './errors.js';
