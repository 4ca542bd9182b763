/**
 * What a decoder family gives to training and decoding. A family is one file (or folder) with the
 * shapes of its weights and its equations; everything else works on any family through this.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterPlan, Weights } from '../parameters.js';
import type { Noise, NoisePlan } from './noise.js';

/** What the shapes of the weights depend on beside the spec. */
export interface CaptionerSizes {
  /** Words, special ids included. */
  readonly vocabulary: number;
  /** Channels of one raw region. */
  readonly channels: number;
  /** Regions of an image, without a global one. */
  readonly regions: number;
  /** Longest caption in words; with its end mark a caption has one position more. */
  readonly maxWords: number;
}

export interface Family<Spec> {
  /** Names, shapes and start values of all weights. */
  readonly parameters: (spec: Spec, sizes: CaptionerSizes) => ParameterPlan[];
  readonly create: (spec: Spec, weights: Weights) => Captioner;
}

/** The images of a batch on the engine. */
export interface ImageTensors {
  /** [images, regions, channels]; rows of padding are zero. */
  readonly features: Tensor;
  /** bool [images, regions], true for what attention and means may see; null where that is all. */
  readonly mask: Tensor | null;
  /**
   * bool [images, regions], false where a region is padding, also one that attention sees (`maskPadding:
   * false`); null where none is, absent where `mask` says it.
   */
  readonly isRegion?: Tensor | null;
  /**
   * int32 [rows]: where captions share images, the image of each row of a pass along captions; what is made
   * of the regions alone, keys and values too, is computed once for an image. Null or absent where row i
   * looks at image i.
   */
  readonly imageOfRow?: Tensor | null;
}

export interface Captioner {
  /** Random numbers that a training step may read; those of probability 0 are listed too, never drawn. */
  readonly noise: readonly NoisePlan[];
  /**
   * Runs along given captions. It reads no number on the host and makes no constant that differs
   * between two calls of the same shapes, so that an engine may record it.
   *
   * @param inputs int32 [steps, size]: begin mark and words, time-major
   * @param noise of `noise`, or null to run without: validation
   */
  teach(images: ImageTensors, inputs: Tensor, noise: Noise | null): Taught;
  /** For decoding: what does not change from word to word is computed here, once. */
  decoder(): Decoder;
}

export interface Taught {
  /** [steps * size, vocabulary], time-major. */
  readonly logits: Tensor;
  /**
   * Attention at each word, [steps, size, columns], the mean over heads and layers; computed when asked
   * for. A column for each region, then one for the global descriptor where it is in memory, then one
   * for the sentinel where there is one. Null in families without attention.
   */
  readonly alpha: (() => Tensor) | null;
  /** What a family adds to the cross-entropy while it is trained; null for most. */
  readonly extraLoss: ExtraLoss | null;
}

/**
 * From the negative log-likelihoods of the words, [steps, size], without label smoothing and zero at
 * padding, and a mask of the real words, float [steps, size], to a term of the loss summed over the
 * captions, which is divided by what the sum of the words' losses is divided by, and to the new values
 * of weights that are no subject of the gradient (moving averages). The likelihoods are computed when
 * asked for.
 */
export type ExtraLoss = (losses: () => Tensor, isWord: Tensor) => ExtraTerm;

export interface ExtraTerm {
  /** Null where there are moving averages only. */
  readonly loss: Tensor | null;
  readonly updates: ReadonlyMap<string, Tensor>;
}

/**
 * Tensors whose first axis is a multiple of the rows (images or hypotheses), those of one row side by
 * side, so that rows can be repeated, reordered and left out without knowing what they hold.
 */
export type RowTensors = Readonly<Record<string, Tensor | null>>;

/**
 * Its tensors lie in its fields and belong to who called `Captioner.decoder` (`keeping`, `release`).
 * Rows are images times hypotheses.
 */
export interface Decoder<
  Images extends RowTensors = RowTensors,
  State extends RowTensors = RowTensors,
> {
  /** Longest caption it can write, in words; null for any. */
  readonly maxWords: number | null;
  /** Once per batch of images: keys, values and whatever does not depend on the words. */
  encode(images: ImageTensors): Images;
  /** State before the first word; `rows`: of `images`. */
  begin(images: Images, rows: number): State;
  /** One word further. `words`: int32 [rows], the previous word (at first the begin mark). */
  step(images: Images, state: State, words: Tensor): Stepped<State>;
}

export interface Stepped<State extends RowTensors = RowTensors> {
  readonly state: State;
  readonly logits: Tensor; // [rows, vocabulary]
  /** Attention, [rows, columns] as in `Taught`; null in families without attention. */
  readonly alpha: (() => Tensor) | null;
}
