/** Where a model looked while it wrote a caption, small enough to keep for each word of a split. */
import { z } from 'zod';

const AttentionOfWord = z.strictObject({
  /** The largest weight; all weights of a word add up to 1. */
  largest: z.number().gt(0).max(1),
  /** Base64 of one byte a weight: 255 times its share of the largest, regions first. */
  weights: z.base64(),
});
export type AttentionOfWord = z.infer<typeof AttentionOfWord>;

export const AttentionMaps = z
  .strictObject({
    /**
     * The regions lie row by row from the top left and cover the whole image; null where they form
     * no grid, such as the boxes of a detector.
     */
    grid: z.strictObject({ rows: z.int().min(1), columns: z.int().min(1) }).nullable(),
    /** Weights of a word that belong to regions; those of images that have fewer are 0. */
    regions: z.int().min(1),
    /** What the further weights belong to, in this order. */
    beside: z.array(z.enum(['global', 'sentinel'])),
    /** One for each word of the caption. */
    words: z.array(AttentionOfWord),
  })
  .meta({ id: 'AttentionMaps' });
export type AttentionMaps = z.infer<typeof AttentionMaps>;

const LARGEST_BYTE = 255;

/**
 * Each weight is off by at most 1/510 of the largest one, and by its rounding to 4 digits.
 *
 * @throws RangeError where no weight is above 0, which no softmax gives
 */
export function packAttention(weights: Iterable<number>): AttentionOfWord {
  const all = [...weights];
  const largest = all.reduce((a, b) => Math.max(a, b), 0);
  if (!(largest > 0)) throw new RangeError(`The largest attention weight is ${largest}.`);
  const bytes = all.map((weight) => Math.round((LARGEST_BYTE * weight) / largest));
  return {
    largest: Number(Math.min(1, largest).toPrecision(4)),
    weights: btoa(bytes.map((byte) => String.fromCharCode(byte)).join('')),
  };
}

/** The weights again, regions first. */
export function unpackAttention({ largest, weights }: AttentionOfWord): number[] {
  return Array.from(
    atob(weights),
    (character) => (largest * character.charCodeAt(0)) / LARGEST_BYTE,
  );
}
