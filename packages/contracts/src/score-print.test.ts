import { describe, expect, test } from 'vitest';
import { labelScore, toPrintUnit } from './score-print.js';

describe('the heading of a score', () => {
  test('says which modules of METEOR are missing', () => {
    expect(labelScore('meteor', 'METEOR (exact, stem, synonym)|v:1|refs:5-cc')).toBe(
      'METEOR (exact, stem, synonym)',
    );
    expect(labelScore('meteor', 'METEOR|v:1|refs:5-cc')).toBe('METEOR');
  });

  test('is short where the signature adds nothing, is old or is not there', () => {
    expect(labelScore('bleu4', 'BLEU-4|v:1|refs:5-cc')).toBe('B@4');
    expect(labelScore('bleu4', 'refs:5|tok:dataset|v:0.1.0')).toBe('B@4');
    expect(labelScore('ciderD', null)).toBe('CIDEr-D');
  });
});

test('quality and shares are printed times 100, lengths and counts as they are', () => {
  expect(toPrintUnit('ciderD', 1.2)).toBe(120);
  expect(toPrintUnit('novelCaptions', 0.5)).toBe(50);
  expect(toPrintUnit('averageLength', 9.5)).toBe(9.5);
});
