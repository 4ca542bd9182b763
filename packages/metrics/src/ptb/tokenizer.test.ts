import { expect, it } from 'vitest';
import { Tokenizer } from './tokenizer.js';

it('ends a token of unknown width with its match where no white space follows', () => {
  const tokenizer = new Tokenizer([{ token: '[a-z]+', before: 'gap?' }]);
  expect(tokenizer.tokenizeLines('ab cd', new Set())).toEqual(['ab cd']);
  expect(tokenizer.tokenizeLines('ab1cd', new Set())).toEqual(['ab cd']);
});
