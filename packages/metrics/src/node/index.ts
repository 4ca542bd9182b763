export {
  checkJava,
  checkSpiceJar,
  SPICE_JAVA_VERSIONS,
  type JavaChoice,
  type JavaVersion,
} from './check-spice.js';
export { readParaphrases, type ParaphraseFile } from './read-paraphrases.js';
export { runSpice, type SpiceOptions } from './spice.js';
