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

/** Names of curves. */
export const POINT_NAMES = [
  'train/loss',
  'train/learning-rate',
  'train/gradient-norm',
  'train/captions-per-second',
  /** Words and end marks. */
  'train/tokens-per-second',
  // Self-critical training only, of the samples of an update. Reward and baseline: their means.
  'train/reward',
  'train/baseline',
  /** Different captions among the samples of an image, 0..1. */
  'train/distinct-share',
  /** Samples that were cut, 0..1. */
  'train/unfinished-share',
  /** Samples that end in a word that ends no caption, such as "a", 0..1. */
  'train/bad-ending-share',
  'val/perplexity',
  /** Of the attention weights over the regions, in nats; the mean over the words. */
  'val/attention-entropy',
  /** The largest attention weight; the mean over the words. */
  'val/attention-max',
  /** Self-critical training only: of greedy captions, 0..10, idf from the training split. */
  'val/cider-d',
] as const;

/** One value of one curve. */
export const Point = z
  .strictObject({
    name: z.enum(POINT_NAMES),
    step: z.int().min(0),
    value: z.number(),
  })
  .meta({ id: 'Point' });
export type Point = z.infer<typeof Point>;
