import { readFileSync } from 'node:fs';
import { ArnnSpec, expandSweep, parseSweep } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { countLearned } from '../parameters.js';
import { arnnParameters } from './arnn-parameters.js';

const SWEEP = new URL('../../../../sweeps/bazzani-2018-x2-width.yaml', import.meta.url);

/** Millions of weights on COCO, words of five occurrences and features of ResNet-152. */
function millions(options: object): string {
  const spec = ArnnSpec.parse({ decoder: 'arnn', concatGlobal: false, ...options });
  const sizes = { vocabulary: 9500, channels: 2048, regions: 49, maxWords: 60 };
  return (countLearned(arnnParameters(spec, sizes)) / 1e6).toFixed(1);
}

test.each([
  [{}, '15.2'],
  [{ concatGlobal: true }, '16.3'],
  [{ attention: { kind: 'dot' } }, '14.7'],
  [{ attention: { kind: 'none' } }, '14.7'],
  [{ attention: { kind: 'bilinear' } }, '15.0'],
  [{ attention: { kind: 'multihead', outputProjection: true } }, '15.8'],
  [{ cell: 'gru' }, '14.5'],
  [{ layers: 8, residual: true }, '30.0'],
  // Regions stay as they are beside a wider state.
  [{ hidden: 1024, imageHidden: 512 }, '29.6'],
  [{ hidden: 1024 }, '32.4'],
])('%o learns %s million numbers', (options, expected) => {
  expect(millions(options)).toBe(expected);
});

test('the sweep over the width of the state leaves the regions at 512', () => {
  const parsed = parseSweep(readFileSync(SWEEP, 'utf8'));
  if (!parsed.isValid) throw new Error(JSON.stringify(parsed.issues));
  const models = expandSweep(parsed.spec).cells.map(({ spec }) => spec.training.model);
  // Beside the widths, a state from v_g and a v_g from the raw regions: 1.3 and 1.8 million.
  expect(new Set(models.map(millions))).toEqual(new Set(['16.6', '31.4']));
  const others = { initialState: 'zero', global: 'code' };
  const alike = models.map((model) => millions({ ...model, ...others }));
  expect(new Set(alike)).toEqual(new Set(['15.2', '29.6']));
});
