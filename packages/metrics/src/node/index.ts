export { runSpice, type SpiceOptions } from './spice.js';
