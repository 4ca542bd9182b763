/** Where a decoder with one region at each word looks: stochastic attention (Xu et al. 2015, section 4). */
import { z } from 'zod';

const Weight = z.number().min(0).max(1000);

/**
 * Xu et al. 2015, section 4.1, with the constants of the authors' code (arctic-captions). There the
 * likelihood is a mean over the batch, but the gradients of `rewardWeight` and `entropyWeight` are sums
 * over it: in effect both are larger there by the size of the batch, for batches of 64 as 6.4 and 0.128
 * are here, where all terms are divided alike.
 */
const HardAttention = z.strictObject({
  /** Share of minibatches with sampled locations; the others take the expectation. */
  sampledShare: z.number().min(0).max(1).default(0.5),
  /** lambda_r, times the batch size of arctic-captions: weight of (cost - baseline) on the gradient of the sampled locations. */
  rewardWeight: Weight.default(0.1),
  /** lambda_e, times the batch size of arctic-captions: weight of the entropy of the locations. */
  entropyWeight: Weight.default(0.002),
  /** What the moving baseline keeps of itself at each update. */
  baselineDecay: z.number().min(0).lt(1).default(0.9),
  /** Of a caption: the mean over its words (arctic-captions) or their sum (the paper). */
  cost: z.enum(['mean', 'sum']).default('mean'),
  /** Scores are multiplied by this before the softmax. */
  inverseTemperature: z.number().gt(0).max(1000).default(1),
  /**
   * In validation and decoding: the expected context or the likeliest location's. None is drawn there:
   * decoders get no random numbers.
   */
  atTest: z.enum(['expectation', 'argmax']).default('expectation'),
});

/** For spreading into the spec of a decoder. */
export const locationOptions = {
  /** Soft: the expected context. Hard: that of one sampled region. */
  locations: z.enum(['soft', 'hard']).default('soft'),
  /** Ignored by soft attention. */
  hard: HardAttention.prefault({}),
};
