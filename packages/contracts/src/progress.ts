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
  /**
   * What an update lowers, of its batch, per word: the negative log-likelihood with label smoothing and
   * the term that the decoder adds (doubly stochastic attention, REINFORCE, `imageTarget`), or what
   * self-critical training lowers. Its exponential is no perplexity.
   */
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
  /** Of the validation captions of `data.maxWords` or fewer words. */
  'val/perplexity',
  /**
   * In nats, the mean over the words. Of the mean attention of heads and layers over all that they attend
   * to: the regions, the global descriptor where it is one of them, the sentinel.
   */
  'val/attention-entropy',
  /** The largest weight of the same; the mean over the words. */
  'val/attention-max',
  /**
   * Where a training goes by it (`schedule.metric`, self-critical training): of greedy captions, 0..10, idf
   * from the training split, references those of `data.maxWords` or fewer words.
   */
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
