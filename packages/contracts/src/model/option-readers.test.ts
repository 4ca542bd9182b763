import { expect, test } from 'vitest';
import { DECODER_KINDS } from './families.js';
import { readersOf } from './option-readers.js';

test('every decoder reads the option that names it', () => {
  expect(readersOf('model.decoder')).toEqual(DECODER_KINDS);
});

test('an option is looked up as deep as it lies', () => {
  expect(readersOf('model.kernel')).toEqual(['fcn']);
  expect(readersOf('model.attention.coverageWidth')).toEqual(['arnn']);
  expect(readersOf('model.attention.isScaled')).toEqual(['arnn', 'tanh-rnn']);
  expect(readersOf('model.attention.isScalled')).toEqual([]);
  expect(readersOf('decode.beam')).toEqual([]);
});
