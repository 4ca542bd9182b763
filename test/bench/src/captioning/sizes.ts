/** Sizes of the captioners and of their batches. */

export interface Sizes {
  /** Captions, or images to be captioned, of a batch. */
  readonly batch: number;
  /** Words of each given caption, end mark included. */
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

const SMALL: Sizes = {
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
};

const FULL = {
  batch: 64,
  words: 16,
  regions: 49,
  hidden: 512,
  heads: 8,
  feedForward: 2048,
  kernel: 5,
};

/** COCO: 7 x 7 regions of a ResNet, a vocabulary cut at 10,000 words. */
export const COCO_SIZES: Readonly<Record<'full' | 'small', Sizes>> = {
  full: { ...FULL, channels: 2048, vocabulary: 10_000, maxWords: 60 },
  small: SMALL,
};

/** Flickr8k: 7 x 7 regions of a MobileNet, words that come five times in the training captions. */
export const FLICKR8K_SIZES: Readonly<Record<'full' | 'small', Sizes>> = {
  full: { ...FULL, channels: 1280, vocabulary: 2541, maxWords: 20 },
  small: SMALL,
};
