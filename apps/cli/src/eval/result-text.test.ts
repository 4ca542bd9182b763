import { createMeteor, loadMeteorLexicon, scoreCaptions } from '@capgrid/metrics';
import { expect, test } from 'vitest';
import { renderResult } from './result-text.js';
import type { EvalResult, ScoredFile } from './result-json.js';

const STYLE = { hasBold: false, hasUnicode: false };

async function scored(path: string, candidates: readonly string[]): Promise<ScoredFile> {
  const items = candidates.map((candidate, index) => ({
    imageId: String(index + 1),
    candidate,
    references: ['a dog runs on the beach', 'two cats sleep on a sofa'].slice(index, index + 1),
  }));
  const meteor = createMeteor({ lexicon: await loadMeteorLexicon() });
  return { path, pairs: [], score: scoreCaptions(items, { meteor }) };
}

const CAPTIONS = ['a dog runs on the beach', 'two cats sleep on a sofa'];

test('scores are times 100 below three rules, what describes captions has its unit', async () => {
  const candidates = await scored('ours.json', CAPTIONS);
  const lines = renderResult({ candidates, compared: null }, STYLE).split('\n');
  expect(lines.slice(0, 25)).toEqual([
    '======================================',
    'metric                           score',
    '--------------------------------------',
    'BLEU-1                          100.00',
    'BLEU-2                          100.00',
    'BLEU-3                          100.00',
    'BLEU-4                          100.00',
    'METEOR (exact, stem, synonym)   100.00',
    'ROUGE-L                         100.00',
    'CIDEr-D                        1000.00',
    'CIDEr                          1000.00',
    '======================================',
    '2 images. Scores times 100. CIDEr-D is what coco-caption prints as CIDEr.',
    '',
    '=========================',
    'captions     value',
    '-------------------------',
    'Length        6.00  words',
    'Distinct-1    83.3  %',
    'Distinct-2    83.3  %',
    'Vocabulary      10  words',
    'Bad endings    0.0  %',
    '=========================',
    '',
    'Signatures:',
  ]);
});

test('a comparison shows A, B, the difference, its interval and both tests', async () => {
  const candidates = await scored('ours.json', CAPTIONS);
  const file = await scored('theirs\u001b.json', ['a dog', 'cats']);
  const compared: NonNullable<EvalResult['compared']> = {
    file,
    comparison: {
      seed: 3,
      resamples: 500,
      confidence: 0.95,
      generator: 'mt19937',
      idf: 'fixed',
      metrics: [
        {
          metric: 'bleu4',
          label: 'BLEU-4',
          a: 0.3,
          b: 0.312,
          difference: -0.012,
          interval: { low: -0.0204, high: 0.00001 },
          bootstrap: { p: 0.0424, holm: 0.0848 },
          randomization: { p: 0.0001, holm: 0.0002 },
        },
      ],
    },
  };
  const lines = renderResult({ candidates, compared }, STYLE).split('\n');
  expect(lines.slice(0, 13)).toEqual([
    'A: ours.json',
    'B: theirs\\x1b.json',
    '',
    '========================================================================',
    '                                             bootstrap    randomization',
    '                                            ------------  --------------',
    'metric      A      B  A - B   95% interval      p   Holm       p    Holm',
    '------------------------------------------------------------------------',
    'BLEU-4  30.00  31.20  -1.20  -2.04 to 0.00  0.042  0.085  <0.001  <0.001',
    '========================================================================',
    '2 images. Scores times 100. CIDEr-D is what coco-caption prints as CIDEr.',
    'Paired bootstrap and approximate randomization over images: 500 resamples, seed 3, idf of CIDEr fixed.',
    "Two-sided p, and Holm's correction for 1 metric.",
  ]);
});

test('a comparison fits narrow terminals, below each other and with long names in two lines', async () => {
  const candidates = await scored('ours.json', CAPTIONS);
  const file = await scored('theirs.json', ['a dog', 'cats']);
  const row = {
    difference: -0.012,
    interval: { low: -0.0204, high: 0.00001 },
    bootstrap: { p: 0.0424, holm: 0.0848 },
    randomization: { p: 0.0001, holm: 0.0002 },
  };
  const comparison = {
    seed: 3,
    resamples: 500,
    confidence: 0.95,
    generator: 'mt19937',
    idf: 'fixed',
    metrics: [
      { ...row, metric: 'meteor', label: 'METEOR (exact, stem, synonym)', a: 0.3, b: 0.312 },
      { ...row, metric: 'ciderD', label: 'CIDEr-D', a: 1.139, b: 1.151 },
    ] as const,
  };
  const text = renderResult(
    { candidates, compared: { file, comparison } },
    { ...STYLE, width: 60 },
  );
  expect(text.split('\n').slice(3, 25)).toEqual([
    '======================================================',
    'metric                 A       B  A - B   95% interval',
    '------------------------------------------------------',
    'METEOR (exact,     30.00   31.20  -1.20  -2.04 to 0.00',
    '  stem, synonym)',
    'CIDEr-D           113.90  115.10  -1.20  -2.04 to 0.00',
    '======================================================',
    '',
    '==============================================',
    '                   bootstrap    randomization',
    '                  ------------  --------------',
    'metric                p   Holm       p    Holm',
    '----------------------------------------------',
    'METEOR (exact,    0.042  0.085  <0.001  <0.001',
    '  stem, synonym)',
    'CIDEr-D           0.042  0.085  <0.001  <0.001',
    '==============================================',
    '2 images. Scores times 100. CIDEr-D is what coco-caption',
    'prints as CIDEr.',
    'Paired bootstrap and approximate randomization over images:',
    '500 resamples, seed 3, idf of CIDEr fixed.',
    "Two-sided p, and Holm's correction for 2 metrics.",
  ]);
});
