import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AttentionMaps, packAttention, unpackAttention } from './attention-maps.js';

test('a weight is a byte, in shares of the largest', () => {
  const packed = packAttention([0.1, 0.5, 0.4]);
  // 255 times 0.2, 1 and 0.8.
  expect(packed).toEqual({ largest: 0.5, weights: btoa('\u0033\u00ff\u00cc') });
  expect(unpackAttention(packed).map((x) => Number(x.toFixed(12)))).toEqual([0.1, 0.5, 0.4]);
});

test('weights come back, however small or many they are', () => {
  const counts = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(counts, (given) => {
      const total = given.reduce((a, b) => a + b, 0);
      const weights = given.map((count) => count / total);
      const packed = packAttention(Float32Array.from(weights));
      const maps = { grid: null, regions: weights.length, beside: [], words: [packed] };
      expect(AttentionMaps.safeParse(maps).success).toBe(true);
      const most = Math.max(...weights);
      for (const [i, weight] of unpackAttention(packed).entries()) {
        expect(Math.abs(weight - (weights[i] ?? 0))).toBeLessThan(most * (1 / 510 + 1e-3));
      }
    }),
  );
});
