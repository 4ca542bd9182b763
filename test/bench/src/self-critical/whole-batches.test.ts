import { expect, it } from 'vitest';
import { FLICKR8K_SIZES } from '../captioning/sizes.js';
import { practiceSet } from '../practice/practice-set.js';
import { inWholeBatches } from './whole-batches.js';

it('leaves out the images that would be a short batch', () => {
  const { captions } = practiceSet(FLICKR8K_SIZES.small, 64);
  const imagesOf = (batchImages: number): number =>
    new Set(inWholeBatches(captions, 64, batchImages).map(({ imageIndex }) => imageIndex)).size;
  expect(imagesOf(10)).toBe(60);
  expect(imagesOf(64)).toBe(64);
});
