/** One cell of a sweep: a training spec (with its seed) and a decode spec. */
import { z } from 'zod';
import { DecodeSpec } from './decode-spec.js';
import { TrainingSpec } from './training-spec.js';

export const TrialSpec = z
  .strictObject({ training: TrainingSpec, decode: DecodeSpec })
  .meta({ id: 'TrialSpec' });
export type TrialSpec = z.infer<typeof TrialSpec>;
