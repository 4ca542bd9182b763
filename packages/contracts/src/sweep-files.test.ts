import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readPath, trialPath } from './assemble-trial.js';
import { cutEncoder } from './encoder-cut.js';
import { parseEncoderPlan } from './encoder-plan.js';
import { trainedLayersOf } from './encoder-spec.js';
import { expandSweep, type Cell } from './expand-sweep.js';
import { trainingKey } from './keys.js';
import { parseSweep } from './parse-sweep.js';
import { PublishedTable, type Assignment } from './sweep-spec.js';
import { crossEntropySpec } from './training-spec.js';

const ROOT = new URL('../../../', import.meta.url);
const NO_DIGESTS = { datasetDigest: null, encoderDigest: null, vectorsDigest: null };

/** Trials and trainings of each file of `sweeps/`, those that a self-critical one starts from too. */
const COUNTS: Record<string, [trials: number, trainings: number]> = {
  'bazzani-2018-table-1.yaml': [9, 9],
  'bazzani-2018-table-1-sockeye57.yaml': [9, 9],
  'bazzani-2018-table-2.yaml': [12, 12],
  'bazzani-2018-table-3.yaml': [21, 15],
  'bazzani-2018-table-4.yaml': [3, 3],
  'bazzani-2018-x1-gru.yaml': [6, 6],
  'bazzani-2018-x2-width.yaml': [6, 6],
  'bazzani-2018-x3-depth.yaml': [6, 6],
  'bazzani-2018-x4-sat-depth.yaml': [6, 6],
  'bazzani-2018-x5-fine-tuned.yaml': [6, 6],
  'bazzani-2018-x6-rate.yaml': [24, 12],
  'bazzani-2018-x7-self-critical.yaml': [6, 6],
  'demo.yaml': [24, 8],
  'flickr8k-attention.yaml': [2, 2],
  'flickr8k-consensus.yaml': [24, 4],
  'flickr8k-decoding.yaml': [16, 1],
  'flickr8k-dot-attention.yaml': [15, 15],
  'flickr8k-fcn.yaml': [4, 4],
  'flickr8k-grid.yaml': [18, 6],
  'flickr8k-paper.yaml': [3, 1],
  'flickr8k-retrieval.yaml': [2, 2],
  'flickr8k-seeds.yaml': [18, 6],
  'flickr8k-self-critical.yaml': [24, 4],
  'zoo.yaml': [10, 10],
};

function specOf(file: string) {
  const parsed = parseSweep(readFileSync(new URL(`sweeps/${file}`, ROOT), 'utf8'));
  if (!parsed.isValid) throw new Error(JSON.stringify(parsed.issues, null, 2));
  return parsed.spec;
}

function trainingsOf(file: string): Set<string> {
  return new Set(
    expandSweep(specOf(file)).cells.flatMap(({ spec: { training } }) =>
      [training, crossEntropySpec(training)].flatMap((one) =>
        one === null ? [] : [trainingKey(one, NO_DIGESTS)],
      ),
    ),
  );
}

function rowsOf(table: string): PublishedTable['rows'] {
  const json = readFileSync(new URL(`published/${table}.json`, ROOT), 'utf8');
  return PublishedTable.parse(JSON.parse(json)).rows;
}

function agrees({ spec }: Cell, match: Assignment | null): boolean {
  if (match === null) return false;
  return Object.entries(match).every(([path, value]) => readPath(spec, trialPath(path)) === value);
}

test('every file of sweeps/ is counted here', () => {
  expect(readdirSync(new URL('sweeps/', ROOT)).toSorted()).toEqual(Object.keys(COUNTS).toSorted());
});

test.each(Object.entries(COUNTS))('%s gives %j trials and trainings', (file, counts) => {
  const { cells, dropped } = expandSweep(specOf(file));
  expect(dropped).toEqual([]);
  expect([cells.length, trainingsOf(file).size]).toEqual(counts);
});

test.each(Object.keys(COUNTS))('%s names published tables that there are', (file) => {
  for (const published of specOf(file).published) {
    const path = typeof published === 'string' ? `published/${published}.json` : 'published';
    expect(existsSync(new URL(path, ROOT)), path).toBe(true);
  }
});

test('sweeps train layers behind which the plan of their encoder can be cut', ({ skip }) => {
  const shared = process.env['CAPGRID_SHARED'] ?? `${ROOT.pathname}../shared`;
  const file = `${shared}/data/mobilenet_edgetpu_224_1.0.json`;
  if (!existsSync(file)) skip(`${file} is absent; set CAPGRID_SHARED.`);
  const parsed = parseEncoderPlan(readFileSync(file, 'utf8'));
  if (!parsed.isValid) throw new Error(parsed.fault);
  const trained = new Map<string, Set<number>>();
  for (const name of Object.keys(COUNTS)) {
    for (const { spec } of expandSweep(specOf(name)).cells) {
      const { encoder } = spec.training;
      const layers = trainedLayersOf(encoder);
      if (encoder.kind !== 'plan' || layers === 0) continue;
      expect(encoder.name).toBe('mobilenet');
      trained.set(name, new Set([...(trained.get(name) ?? []), layers]));
      expect(cutEncoder(parsed.plan, layers).trained, name).toHaveLength(layers);
    }
  }
  expect(Object.fromEntries(trained)).toEqual({
    'bazzani-2018-x5-fine-tuned.yaml': new Set([7]),
    'flickr8k-consensus.yaml': new Set([7]),
    'flickr8k-self-critical.yaml': new Set([7]),
  });
});

test.each([
  ['bazzani-2018-table-1', 'bazzani-2018-table-1', 3],
  ['bazzani-2018-table-2', 'bazzani-2018-table-2', 4],
  ['bazzani-2018-table-3', 'bazzani-2018-table-3', 7],
  ['bazzani-2018-table-4-coco', 'bazzani-2018-table-4', 1],
  ['bazzani-2018-table-4-flickr30k', 'bazzani-2018-table-4', 1],
])('the rows of %s stand beside the cells of %s, one each', (table, file, count) => {
  const { cells } = expandSweep(specOf(`${file}.yaml`));
  const first = cells.filter(({ seed }) => seed === 1);
  const beside = rowsOf(table).flatMap(({ match }) =>
    // The rows with a detector wait for its features, which no file of the project names.
    match === null || match['encoder.kind'] === 'features'
      ? []
      : [first.filter((cell) => agrees(cell, match)).length],
  );
  expect(beside).toEqual(Array.from({ length: count }, () => 1));
});

const NO_ROWS: string[] = [];
const [ARNN, SAT] = ['Table 1, ARNN', 'Table 1, SAT'];
const [ARNN_5, ARNN_3] = ['Table 3, ARNN', 'Table 3, ARNN + beam 3'];
const [SAT_5, SAT_3] = ['Table 3, SAT', 'Table 3, SAT + beam 3'];
const BEST = 'Table 3, ARNN + weight normalization';
test.each([
  ['x1-gru', [[ARNN], NO_ROWS]],
  ['x2-width', [[ARNN], NO_ROWS]],
  ['x3-depth', [[ARNN], NO_ROWS]],
  ['x4-sat-depth', [[SAT], NO_ROWS]],
  ['x5-fine-tuned', [[ARNN], NO_ROWS]],
  // Which rate a row had is not known.
  ['x6-rate', [[ARNN_3], [ARNN_5], [ARNN_3], [ARNN_5], [SAT_3], [SAT_5], [SAT_3], [SAT_5]]],
  ['x7-self-critical', [[BEST], NO_ROWS]],
])('beside a cell of %s stands what was printed of it, and of a variant nothing', (name, rows) => {
  const spec = specOf(`bazzani-2018-${name}.yaml`);
  expect(spec.published).toContain('bazzani-2018-text');
  const published = spec.published.flatMap((one) =>
    typeof one === 'string' ? rowsOf(one) : [one],
  );
  const first = expandSweep(spec).cells.filter(({ seed }) => seed === 1);
  const beside = first.map((cell) =>
    published.filter(({ match }) => agrees(cell, match)).map(({ source }) => source),
  );
  const named = (row: string) => `Bazzani et al. 2018, ${row} (COCO)`;
  expect(beside).toEqual(rows.map((sources) => sources.map(named)));
});

test('sweeps share the trainings that they have in common', () => {
  const common = (one: string, other: string) => {
    const others = trainingsOf(other);
    return [...trainingsOf(one)].filter((key) => others.has(key)).length;
  };
  // MLP attention of Table 2; the first rows of ARNN and SAT; the last of ARNN; one layer of SAT.
  expect(common('bazzani-2018-table-1.yaml', 'bazzani-2018-table-2.yaml')).toBe(3);
  expect(common('bazzani-2018-table-1.yaml', 'bazzani-2018-table-3.yaml')).toBe(6);
  expect(common('bazzani-2018-table-3.yaml', 'bazzani-2018-table-4.yaml')).toBe(3);
  expect(common('bazzani-2018-table-1.yaml', 'bazzani-2018-x2-width.yaml')).toBe(3);
  expect(common('bazzani-2018-table-1.yaml', 'bazzani-2018-x4-sat-depth.yaml')).toBe(3);
  expect(common('bazzani-2018-table-1.yaml', 'bazzani-2018-x5-fine-tuned.yaml')).toBe(3);
  expect(common('bazzani-2018-table-4.yaml', 'bazzani-2018-x7-self-critical.yaml')).toBe(3);
  // The ARNN with MLP attention: all that is decoded, and what self-critical training starts from.
  expect(common('flickr8k-decoding.yaml', 'flickr8k-grid.yaml')).toBe(1);
  expect(common('flickr8k-consensus.yaml', 'flickr8k-self-critical.yaml')).toBe(4);
  expect(common('flickr8k-self-critical.yaml', 'flickr8k-grid.yaml')).toBe(1);
  expect(common('flickr8k-paper.yaml', 'bazzani-2018-table-1.yaml')).toBe(1);
});
