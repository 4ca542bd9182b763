import { expect, it } from 'vitest';
import { agreement, type Written } from './agreement.js';

const written: Written[] = Array.from({ length: 40 }, (_, image) => ({
  tokens: [4, 5 + image],
  score: -0.5,
}));

it('counts the captions that are the same word for word', () => {
  expect(agreement(written, written)).toEqual({ same: 40, problem: null });
});

it('lets few images have another caption that scores the same but for rounding', () => {
  const other = written.with(7, { tokens: [9, 9, 9], score: -0.5 - 1e-6 });
  expect(agreement(written, other)).toEqual({ same: 39, problem: null });
});

it('finds a caption with another score', () => {
  const worse = written.with(7, { tokens: [9, 9, 9], score: -0.6 });
  expect(agreement(written, worse).problem).toBe('"9 9 9" has the score -0.6.');
  const unknown = written.with(7, { tokens: [4], score: Number.NaN });
  expect(agreement(written, unknown).problem).toContain('NaN');
});

it('finds many other captions, whatever they score, and too few of them', () => {
  const others = written.map(({ tokens, score }, image) => ({
    tokens: image < 3 ? [1] : tokens,
    score,
  }));
  expect(agreement(written, others).problem).toBe('37 of 40 are the same.');
  expect(agreement(written, written.slice(1)).problem).toBe('39 instead of 40.');
});
