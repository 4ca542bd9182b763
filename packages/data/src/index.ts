/** What other packages may use. */
export { DataError, type DataErrorCode } from './data-error.js';
export { FileStore, openFileStore } from './file-store.js';
export { writeFeatures, type FeatureWriter } from './feature-writer.js';
export { FeatureReader, IN_MEMORY_BYTES, openFeatures } from './feature-reader.js';
export { type FeatureMeta } from './feature-file-format.js';
export { findArrays } from './precomputed/find-arrays.js';
export {
  openPrecomputed,
  readRegions,
  type PrecomputedFeatures,
} from './precomputed/precomputed-features.js';
export { listSafetensors } from './safetensors/read-header.js';
export { decodeImages } from './image-pixels.js';
export {
  importKarpathy,
  type ImportProgress,
  type KarpathyImport,
  type KarpathyImportOptions,
} from './karpathy/import-karpathy.js';
export { readManifest, writeManifest } from './manifest-file.js';
export { DEMO_SCENES, generateScenes, type ScenesOptions } from './scenes/generate-scenes.js';
export {
  BACKGROUNDS,
  CELL_SIZE,
  COLOURS,
  SCENE_SIZE,
  SHAPES,
  SIZES,
  type Background,
  type Colour,
  type Shape,
  type Size,
} from './scenes/scene.js';
export { selectImages } from './select-images.js';
export { importVectors, type ImportedVectors } from './vectors/import-vectors.js';
export { openVectors, readVectorRows } from './vectors/vectors-file.js';
export { BOS_ID, buildVocabulary, EOS_ID, PAD_ID, UNK_ID, Vocabulary } from './vocabulary.js';
