/** What a computing child says of itself while it works. */
import { z } from 'zod';

export const PHASES = ['encoder', 'features', 'train', 'validate', 'decode', 'score'] as const;

export const Progress = z
  .strictObject({
    phase: z.enum(PHASES),
    /** Units done of `total`: images, updates or captions, by phase. */
    done: z.number().min(0),
    total: z.number().min(0),
    loss: z.number().nullable(),
    /** Estimate for the whole task, in seconds; null while nothing is known. */
    secondsLeft: z.number().min(0).nullable(),
  })
  .meta({ id: 'Progress' });
export type Progress = z.infer<typeof Progress>;

/** One value of one curve. */
export const Point = z
  .strictObject({
    name: z.enum([
      'train/loss',
      'train/learning-rate',
      'train/gradient-norm',
      'train/captions-per-second',
      'val/perplexity',
    ]),
    step: z.int().min(0),
    value: z.number(),
  })
  .meta({ id: 'Point' });
export type Point = z.infer<typeof Point>;
