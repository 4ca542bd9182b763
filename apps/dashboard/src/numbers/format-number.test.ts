import { expect, test } from 'vitest';
import { formatCount, formatDelta, formatFixed, formatMeasure } from './format-number';
import { formatDuration, formatEstimate, formatInstant } from './format-time';

test('a difference carries its sign, and none where it rounds to nothing', () => {
  expect(formatDelta(0.34, 1)).toBe('+0.3');
  expect(formatDelta(-0.16, 1)).toBe('\u22120.2');
  expect(formatDelta(-0.04, 1)).toBe('±0.0');
});

test('fixed decimals use a real minus sign and never print minus zero', () => {
  expect(formatFixed(-1.25, 1)).toBe('\u22121.3');
  expect(formatFixed(-0.01, 1)).toBe('0.0');
  expect(formatFixed(113.94, 1)).toBe('113.9');
});

test('counts are grouped by thousands', () => {
  expect([0, 999, 1000, 1234567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
});

test('measures keep three significant digits', () => {
  expect([0, 0.04123, 0.5, 3.2149, 42.35, 1234.5].map(formatMeasure)).toEqual([
    '0',
    '0.0412',
    '0.500',
    '3.21',
    '42.4',
    '1,235',
  ]);
});

test('durations name the two largest units', () => {
  expect([4.4, 59.6, 200, 7500].map(formatDuration)).toEqual([
    '4 s',
    '1 min 0 s',
    '3 min 20 s',
    '2 h 05 min',
  ]);
  expect([20, 250, 5400].map(formatEstimate)).toEqual([
    'less than a minute',
    'about 4 min',
    'about 1.5 h',
  ]);
});

test('instants are printed in UTC to the minute', () => {
  expect(formatInstant('2026-11-21T09:05:59.123Z')).toBe('2026-11-21 09:05');
});
