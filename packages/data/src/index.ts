/** What other packages may use. */
export { DataError, type DataErrorCode } from './data-error.js';
export { FileStore, openFileStore } from './file-store.js';
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
