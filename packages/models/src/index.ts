export type { Captioner, CaptionerSizes, Decoder, ImageTensors } from './captioner/captioner.js';
export {
  captionerParameters,
  createCaptioner,
  type ModelParts,
} from './captioner/create-captioner.js';
export type { WordVectors } from './captioner/word-vectors.js';
export {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsFile,
} from './checkpoint/safetensors.js';
export { decodeWeights, encodeWeights, type WeightsFile } from './checkpoint/weights-file.js';
export type { BeamResult } from './decoding/hypotheses.js';
export {
  decodeCaptions,
  type DecodeCaptionsOptions,
  type DecodedCaption,
  type DecodedModel,
} from './decoding/decode-captions.js';
export { searchCaptions } from './decoding/search-captions.js';
export { engineRecord, type Engine, type TensorFunction } from './engine.js';
export {
  CancelledError,
  CheckpointError,
  EncoderPlanError,
  EngineMismatchError,
  LossNotFiniteError,
  ModelInputError,
  ShapeError,
  StateMismatchError,
} from './errors.js';
export type { FeatureSource } from './features.js';
export { weightOf, type NamedArray, type ParameterPlan, type Weights } from './parameters.js';
export {
  encodeCaptionIndex,
  buildCaptionIndex,
  type CaptionIndexOptions,
} from './retrieval/caption-index.js';
export {
  retrieveCaptions,
  type RetrieveCaptionsOptions,
  type RetrievedCaption,
} from './retrieval/retrieve-captions.js';
export { Rng } from './rng.js';
export { SPECIAL_COUNT, SPECIAL_IDS } from './special-ids.js';
export { Adam } from './training/adam.js';
export type { TrainingCaption } from './training/caption-batches.js';
export type { SampleRewards } from './training/training-phase.js';
export {
  trainCaptioner,
  type StopReason,
  type TrainCaptionerOptions,
  type TrainingCheckpoint,
  type TrainingOutcome,
  type TrainingStep,
} from './training/train-captioner.js';
export {
  createTrainingStep,
  recorded,
  scalarInputs,
  type StepInputs,
  type TrainingStepFunction,
} from './training/training-step.js';
export {
  decodeTrainingState,
  encodeTrainingState,
  type TrainingState,
} from './training/training-state.js';
export type { Validation } from './training/validation.js';
export { encodeScenes, measureScenesEncoder, type CellAccuracy } from './encoder/encode-scenes.js';
export { type SceneQuestions } from './encoder/scene-labels.js';
export {
  trainScenesEncoder,
  type ImageSource,
  type ScenesEncoderOutcome,
  type ScenesEncoderStep,
  type TrainScenesEncoderOptions,
} from './encoder/train-scenes-encoder.js';
export { createPlanEncoder, type PlanEncoder } from './encoder/plan-encoder.js';
export { trainedLayers, type TrainedLayers } from './encoder/trained-layers.js';
export { uploadRoom } from './upload-room.js';
