import { expect, test } from 'vitest';
import { DecodeSpec } from './decode-spec.js';
import { describeDecoding } from './describe-decoding.js';

const decode = (changes: Partial<DecodeSpec> = {}): DecodeSpec => DecodeSpec.parse(changes);

test('a search names beam, dialect and penalty, and what else is on', () => {
  expect(describeDecoding([decode({ beam: 3 })])).toBe(
    'beam 3, per_step length normalisation, alpha 1, beta 0, at most 30 words',
  );
  expect(
    describeDecoding([
      decode({ norm: 'on_finish', divisor: 'words+1', stop: 'first', noRepeatNgram: 3 }),
    ]),
  ).toBe(
    'beam 5, on_finish length normalisation, alpha 1, beta 0, end mark counted, stop rule first, no 3-gram twice, at most 30 words',
  );
});

test('reranking names what the captions are asked of', () => {
  const rerank = { neighbours: 25, agreeing: null };
  expect(describeDecoding([decode({ nBest: 5, rerank })])).toContain(
    'the best of 5 by the captions of 25 similar training images, at most',
  );
  expect(describeDecoding([decode({ nBest: 5, rerank: { ...rerank, agreeing: 9 } })])).toContain(
    'by 9 of the captions of 25 similar',
  );
  expect(describeDecoding([decode({ rerank })])).not.toContain('similar');
});

test('samples have no beam, whatever the options of the search say', () => {
  expect(describeDecoding([decode({ method: 'sample', topP: 0.9, stop: 'first', prune: 2 })])).toBe(
    'sampled words, temperature 1, top-p 0.9, at most 30 words',
  );
});

test('several specs are told apart, except by what is shown', () => {
  const decodes = [decode({ beam: 1 }), decode({ beam: 3, maxWords: 20 })];
  const isShown = (option: keyof DecodeSpec): boolean => option === 'beam';
  expect(describeDecoding(decodes, isShown)).toBe(
    'per_step length normalisation, alpha 1, beta 0, at most 30 words or at most 20 words',
  );
  expect(describeDecoding(decodes)).toMatch(/^greedy or beam 3, /);
});

test('samples beside searches are told apart, also where the table shows the method', () => {
  const decodes = [
    decode({ beam: 5 }),
    decode({ method: 'greedy' }),
    decode({ method: 'sample', temperature: 0.7, topK: 5 }),
  ];
  const expected =
    'beam 5 or greedy, per_step length normalisation, alpha 1, beta 0, at most 30 words; ' +
    'sampled words, temperature 0.7, top-k 5, at most 30 words';
  expect(describeDecoding(decodes)).toBe(expected);
  expect(describeDecoding(decodes, (option) => option === 'method')).toBe(expected);
});
