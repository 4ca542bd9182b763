/** Sizes of the training benchmark. */

export interface Sizes {
  /** Captions of a batch. */
  readonly batch: number;
  /** Words of each caption, end mark included. */
  readonly words: number;
  /** Rows of an image, without the one for the whole image. */
  readonly regions: number;
  readonly channels: number;
  readonly hidden: number;
  readonly vocabulary: number;
  readonly heads: number;
  readonly feedForward: number;
  /** Width of the convolution. */
  readonly kernel: number;
  /** Longest caption; learned positions have a row more, for the begin mark. */
  readonly maxWords: number;
}

export const SIZES: Readonly<Record<'full' | 'small', Sizes>> = {
  full: {
    batch: 64,
    words: 16,
    regions: 49,
    channels: 2048,
    hidden: 512,
    vocabulary: 10_000,
    heads: 8,
    feedForward: 2048,
    kernel: 5,
    maxWords: 60,
  },
  small: {
    batch: 4,
    words: 6,
    regions: 4,
    channels: 12,
    hidden: 16,
    vocabulary: 40,
    heads: 2,
    feedForward: 32,
    kernel: 3,
    maxWords: 8,
  },
};
