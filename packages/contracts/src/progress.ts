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
      /** End marks included. */
      'train/tokens-per-second',
      'val/perplexity',
      /** Of the attention weights over the regions, in nats; the mean over the words. */
      'val/attention-entropy',
      /** The largest attention weight, the mean over the words. */
      'val/attention-max',
      // Self-critical training only: of the samples of an update, in units of the reward.
      'train/reward',
      'train/baseline',
      /** Different captions among the samples of an image, 0..1. */
      'train/distinct-share',
      /** Samples that break off, 0..1. */
      'train/unfinished-share',
      /** Of greedy captions against document frequencies of the training split, 0..10. */
      'val/cider-d',
    ]),
    step: z.int().min(0),
    value: z.number(),
  })
  .meta({ id: 'Point' });
export type Point = z.infer<typeof Point>;
