/** How a training goes over its captions: batches, learning rate, end, and what follows. */
import { z } from 'zod';
import { SelfCriticalSpec } from './self-critical-spec.js';

const Share = z.number().min(0).max(1);

export const ScheduleSpec = z
  .strictObject({
    /** Captions per update. */
    batchSize: z.int().min(1).max(4096).default(64),
    /**
     * Words per update instead: captions of a bucket = batchWords / mean length in the bucket, end
     * marks included, and one at least; null: `batchSize` counts.
     */
    batchWords: z.int().min(1).max(262_144).nullable().default(null),
    /** Lengths that share a bucket, in words. */
    bucketWidth: z.int().min(1).max(100).default(2),
    /**
     * The last batch of each bucket: as short as it is, or filled up with captions of the bucket drawn
     * again, as sockeye does. Batches of validation are never filled up, nor are those of self-critical
     * training, which has no buckets.
     */
    fillUp: z.enum(['none', 'replicate']).default('none'),
    maxEpochs: z.int().min(1).max(10_000).default(20),
    /** Upper bound of updates, whatever the epochs; null = none. */
    maxSteps: z.int().min(1).nullable().default(null),
    /** Updates between validations. Each validation is one checkpoint. */
    checkpointEvery: z.int().min(1).default(200),
    /** Updates over which the learning rate rises linearly; no plateau lowers it meanwhile. */
    warmupSteps: z.int().min(0).max(1_000_000).default(0),
    /**
     * What `plateau`, `stopAfter` and the best checkpoints go by: the perplexity of the validation
     * captions, or the CIDEr-D of captions that the model writes for the validation images by greedy
     * search, of `data.maxWords` words at most. Self-critical training goes by CIDEr-D in any case.
     */
    metric: z.enum(['perplexity', 'cider-d']).default('perplexity'),
    /** Multiply the learning rate by `factor` after `patience` checkpoints without improvement. */
    plateau: z
      .strictObject({
        factor: z.number().gt(0).max(1).default(0.9),
        patience: z.int().min(1).default(3),
        /** The weights to go on from at each fall of the rate. */
        weights: z.enum(['keep', 'best']).default('keep'),
        /** The moments of Adam to go on from at each fall: `best` are those at the best weights. */
        moments: z.enum(['keep', 'best', 'zero']).default('keep'),
      })
      .prefault({}),
    /** End after this many checkpoints without improvement of `metric`. */
    stopAfter: z.int().min(1).default(8),
    /** The result is the mean of the weights of this many best checkpoints. */
    averageCheckpoints: z.int().min(1).max(50).default(1),
    labelSmoothing: z.number().min(0).max(0.5).default(0),
    /** The loss is the sum over the words divided by their number or by that of the captions. */
    lossNormalisation: z.enum(['words', 'captions']).default('words'),
    /**
     * Bengio et al. 2015: an input word after the first is drawn from the model's own distribution
     * with probability min(maximum, increase * floor(epoch / everyEpochs)).
     */
    scheduledSampling: z
      .strictObject({
        /** 0: off. */
        increase: Share.default(0),
        everyEpochs: z.int().min(1).max(10_000).default(5),
        maximum: Share.default(0.25),
      })
      .prefault({}),
    selfCritical: SelfCriticalSpec.prefault({}),
  })
  .meta({ id: 'ScheduleSpec' });
export type ScheduleSpec = z.infer<typeof ScheduleSpec>;

/** Off, the probability stays 0. */
export function isSampling({ increase, maximum }: ScheduleSpec['scheduledSampling']): boolean {
  return increase > 0 && maximum > 0;
}
