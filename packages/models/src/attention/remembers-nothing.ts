/** The state of attention kinds that look at each word afresh. */
import type { RowTensors } from '../captioner/captioner.js';

export const NOTHING: RowTensors = {};

export function remembersNothing(): RowTensors {
  return NOTHING;
}
