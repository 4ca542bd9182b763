import { SPECIAL_COUNT } from '@capgrid/models';
import { expect, it } from 'vitest';
import { FLICKR8K_SIZES } from '../captioning/sizes.js';
import { practiceSet } from './practice-set.js';

const sizes = FLICKR8K_SIZES.small;

it('gives each image five captions of words of the vocabulary, shorter than the sizes allow', () => {
  const { captions } = practiceSet(sizes, 16);
  expect(captions).toHaveLength(80);
  for (const { imageIndex, tokens } of captions) {
    expect(imageIndex).toBeLessThan(16);
    expect(tokens.length).toBeGreaterThanOrEqual(sizes.words / 2);
    expect(tokens.length).toBeLessThan(sizes.words);
    for (const word of Array.from(tokens)) {
      expect(word).toBeGreaterThanOrEqual(SPECIAL_COUNT);
      expect(word).toBeLessThan(sizes.vocabulary);
    }
  }
});

it('begins a larger set with the images of a smaller one and their captions', () => {
  const { captions } = practiceSet(sizes, 10);
  expect(captions.filter(({ imageIndex }) => imageIndex < 3)).toEqual(
    practiceSet(sizes, 3).captions,
  );
  const few = practiceSet(sizes, 3).features.batch([0, 2]);
  const many = practiceSet(sizes, 10).features.batch([0, 2]);
  expect(many).toEqual(few);
  expect(many).not.toEqual(practiceSet(sizes, 10).features.batch([0, 1]));
});
