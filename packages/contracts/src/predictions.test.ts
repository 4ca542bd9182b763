import { expect, test } from 'vitest';
import { PredictionsFile } from './predictions.js';

const DECODE = {
  split: 'test',
  beam: 1,
  norm: 'per_step',
  lengthPenalty: { alpha: 1, beta: 0 },
  maxWords: 30,
};
const IMAGE = {
  imageId: '7',
  imageSha256: 'a'.repeat(64),
  fileName: '7.jpg',
  caption: 'a red circle',
  references: ['a red circle'],
  logProb: -3,
  isFinished: true,
  bleuStatistics: { testLength: 3, refLength: 3, guess: [3, 2, 1, 0], correct: [3, 2, 1, 0] },
};

test('a file of version 1 is read as one of version 2 without METEOR', () => {
  const file = PredictionsFile.parse({
    version: 1,
    decode: DECODE,
    signature: 'refs:1|tok:dataset|v:0.1.0',
    predictions: [{ ...IMAGE, bleu4: 0.5, rougeL: 0.9, ciderD: 3 }],
  });
  expect(file.version).toBe(2);
  expect(file.signatures).toEqual({
    bleu4: 'refs:1|tok:dataset|v:0.1.0',
    rougeL: 'refs:1|tok:dataset|v:0.1.0',
    ciderD: 'refs:1|tok:dataset|v:0.1.0',
  });
  expect(file.predictions).toEqual([
    {
      ...IMAGE,
      alternatives: [],
      similarity: null,
      attention: null,
      scores: { bleu4: 0.5, rougeL: 0.9, ciderD: 3 },
      meteorStatistics: null,
    },
  ]);
});

test('the statistics of METEOR are 23 numbers', () => {
  const file = (meteorStatistics: number[]) => ({
    version: 2,
    decode: DECODE,
    signatures: {},
    predictions: [{ ...IMAGE, scores: {}, meteorStatistics }],
  });
  expect(PredictionsFile.safeParse(file(Array.from({ length: 23 }, () => 1))).success).toBe(true);
  expect(PredictionsFile.safeParse(file([1, 2, 3])).success).toBe(false);
});
