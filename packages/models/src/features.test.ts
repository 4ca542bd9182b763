import { expect, test } from 'vitest';
import { ModelInputError } from './errors.js';
import { imageTensors } from './features.js';

test('an image without a region is refused by its number', () => {
  const source = {
    regions: 2,
    channels: 1,
    batch: () => new Float32Array(4),
    counts: () => [2, 0],
  };
  const upload = () => imageTensors(source, [4, 7]);
  expect(upload).toThrow(ModelInputError);
  expect(upload).toThrow('Image 7 (counted from 0) has no region.');
});
