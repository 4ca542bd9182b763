/**
 * Made-up images and captions of Flickr8k's sizes, from which a captioner soon learns captions that
 * end by themselves. Every image is of a kind that its regions show, and captions follow the kind:
 * each place has three words, the first of them most often.
 */
import { Rng, SPECIAL_COUNT, type FeatureSource, type TrainingCaption } from '@capgrid/models';
import type { Sizes } from '../captioning/sizes.js';

const KINDS = 8;
const CAPTIONS_PER_IMAGE = 5;
/** Shares of a place's words, summed up. */
const WORD_SHARES = [0.6, 0.9, 1];
const SEED = 11;

export interface PracticeSet {
  readonly features: FeatureSource;
  /** Five for each image. */
  readonly captions: TrainingCaption[];
}

/** The first images of a larger set are those of a smaller one, with the same captions. */
export function practiceSet(sizes: Sizes, images: number): PracticeSet {
  const { regions, channels } = sizes;
  const rng = Rng.from(SEED);
  const looks = Array.from({ length: KINDS }, (_, kind) =>
    noise(rng.fork(`kind ${kind}`), channels),
  );
  const stored = new Float32Array(images * regions * channels);
  for (let image = 0; image < images; image += 1) {
    const own = noise(rng.fork(`image ${image}`), regions * channels);
    const look = looks[image % KINDS] ?? own;
    const start = image * own.length;
    for (let i = 0; i < own.length; i += 1) {
      stored[start + i] = Math.max(0, (own[i] ?? 0) + (look[i % channels] ?? 0));
    }
  }
  return {
    features: {
      regions,
      channels,
      batch: (indices) => {
        const size = regions * channels;
        const batch = new Float32Array(indices.length * size);
        for (const [i, image] of indices.entries()) {
          batch.set(stored.subarray(image * size, (image + 1) * size), i * size);
        }
        return batch;
      },
    },
    captions: Array.from({ length: images * CAPTIONS_PER_IMAGE }, (_, i) => {
      const imageIndex = i % images;
      const own = rng.fork(`caption ${Math.floor(i / images)} of image ${imageIndex}`);
      return { imageIndex, tokens: caption(imageIndex % KINDS, sizes, own) };
    }),
  };
}

/** In [-1, 1). */
function noise(rng: Rng, size: number): Float32Array {
  return Float32Array.from({ length: size }, () => rng.uniform() * 2 - 1);
}

/** Half as long as `sizes.words` or longer, by the kind and by chance. */
function caption(kind: number, { words, vocabulary }: Sizes, rng: Rng): number[] {
  const shortest = Math.ceil(words / 2);
  const length = shortest + (kind % (words - 1 - shortest)) + rng.integer(2);
  return Array.from({ length }, (_, place) => {
    const share = rng.uniform();
    const choice = WORD_SHARES.findIndex((upTo) => share < upTo);
    const word = (kind * words + place) * WORD_SHARES.length + choice;
    return SPECIAL_COUNT + (word % (vocabulary - SPECIAL_COUNT));
  });
}
