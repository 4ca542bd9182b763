export { readParaphrases, type ParaphraseFile } from './read-paraphrases.js';
export { runSpice, type SpiceOptions } from './spice.js';
