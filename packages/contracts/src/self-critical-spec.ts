/**
 * Self-critical sequence training (Rennie et al. 2017): a training of its own that starts from the
 * best weights of the same spec without it, and lets the captions that the model draws earn rewards.
 */
import { z } from 'zod';
import { Temperature } from './temperature.js';

const Weight = z.number().min(0).max(100);

export const SelfCriticalSpec = z
  .strictObject({
    /** Passes over the training images; 0: off. */
    epochs: z.int().min(0).max(10_000).default(0),
    /** Upper bound of updates, whatever the epochs; null = none. */
    maxSteps: z.int().min(1).nullable().default(null),
    /** Constant. */
    learningRate: z.number().gt(0).max(1).default(5e-5),
    /** Images per update. */
    batchImages: z.int().min(1).max(4096).default(10),
    /** Captions per image. */
    samples: z.int().min(1).max(100).default(5),
    /**
     * What a reward is compared with: that of the image's likeliest words (`greedy`), the mean of its
     * other samples (`leave-one-out`, Luo 2020), or the mean of a beam's hypotheses, which are the
     * samples then, those among them that were cut (`beam-mean`, Cornia et al. 2020: there the loss is
     * divided by the captions times `maxWords`, not by their words).
     */
    baseline: z.enum(['greedy', 'leave-one-out', 'beam-mean']).default('leave-one-out'),
    /** Of the distribution that samples are drawn from; not read by `beam-mean`. */
    temperature: Temperature.default(1),
    /** reward = ciderDWeight * CIDEr-D (0..10) + bleu4Weight * smoothed sentence BLEU-4 (0..1). */
    ciderDWeight: Weight.default(1),
    bleu4Weight: Weight.default(0),
    /**
     * True: updates have the model's dropout (and batch statistics, drawn regions), although captions
     * are drawn without. False: they run as validation does, so the gradient is that of the model
     * that drew the captions.
     */
    dropout: z.boolean().default(true),
    /** Reward for each nat of entropy of the model's distribution, a word. */
    entropyWeight: Weight.default(0),
    /** Longest sample and longest caption at validation; fewer with learned positions. */
    maxWords: z.int().min(1).max(200).default(20),
    /** The end mark is a word of samples and references in the reward. */
    appendEnd: z.boolean().default(true),
    /** Updates between validations. */
    checkpointEvery: z.int().min(1).default(200),
    /** End after this many checkpoints without improvement of the validation CIDEr-D. */
    stopAfter: z.int().min(1).default(8),
  })
  .refine(({ baseline, samples, epochs }) => epochs === 0 || baseline === 'greedy' || samples > 1, {
    message: 'leave-one-out and beam-mean compare the samples of an image: give 2 or more',
    path: ['samples'],
  })
  .refine(
    ({ epochs, ciderDWeight, bleu4Weight, entropyWeight }) =>
      epochs === 0 || ciderDWeight + bleu4Weight + entropyWeight > 0,
    {
      message: 'nothing is rewarded: give ciderDWeight, bleu4Weight or entropyWeight more than 0',
      path: ['ciderDWeight'],
    },
  )
  .meta({ id: 'SelfCriticalSpec' });
export type SelfCriticalSpec = z.infer<typeof SelfCriticalSpec>;
