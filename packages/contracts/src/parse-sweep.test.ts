import { describe, expect, test } from 'vitest';
import { parseSweep } from './parse-sweep.js';

function issuesOf(text: string) {
  const parsed = parseSweep(text);
  return parsed.isValid ? [] : parsed.issues;
}

const list = (length: number): string => Array.from({ length }, (_, index) => index).join();
const HEAD = 'name: x\ndataset: scenes\nbase: { encoder: { kind: scenes-cnn } }\n';

describe('parseSweep', () => {
  test('YAML and JSON of the same sweep are the same spec', () => {
    const json =
      '{"name": "x", "dataset": "scenes", "base": {"encoder": {"kind": "scenes-cnn"}}, "grid": {"decode.beam": [1, 3]}}';
    const yaml = parseSweep(`${HEAD}grid: { decode.beam: [1, 3] }`);
    expect(yaml.isValid).toBe(true);
    expect(parseSweep(json)).toEqual(yaml);
  });

  test('a misspelt factor is named with its path', () => {
    expect(issuesOf(`${HEAD}grid: { model.atention.kind: [dot] }`)).toEqual([
      {
        path: 'grid.model.atention.kind',
        value: '"dot"',
        message: 'unknown option; model has no "atention" (docs/sweeps.md lists all options)',
      },
    ]);
  });

  test('a value that is not allowed is shown beside those that are', () => {
    expect(issuesOf(`${HEAD}grid: { model.attention.kind: [mlp, soft] }`)).toEqual([
      {
        path: 'grid.model.attention.kind',
        value: '"soft"',
        message: 'Invalid option: expected one of "none"|"dot"|"multihead"|"mlp"',
      },
    ]);
  });

  test('faults of the base are told once, however many cells there are', () => {
    const text =
      'name: x\ndataset: scenes\nbase: { encoder: { kind: scenes-cnn }, model: { hiden: 3 } }\ngrid: { decode.beam: [1, 3, 5] }';
    expect(issuesOf(text).map((issue) => issue.path)).toEqual(['base.model.hiden']);
  });

  test('a missing encoder is a fault of the base, unless a factor gives it', () => {
    expect(issuesOf('name: x\ndataset: scenes')[0]?.path).toBe('base.encoder');
    expect(issuesOf('name: x\ndataset: scenes\ngrid: { encoder.kind: [scenes-cnn] }')).toEqual([]);
  });

  test('zipped factors need equally many values', () => {
    const issues = issuesOf(`${HEAD}zip: [{ model.hidden: [64, 128], model.embed: [64] }]`);
    expect(issues[0]?.path).toBe('zip.0');
    expect(issues[0]?.message).toBe(
      'factors that vary together need equally many values: model.hidden has 2, model.embed has 1',
    );
  });

  test.each([
    ['an empty file', '', ''],
    ['broken YAML', 'a: [', ''],
    ['a key given twice', 'name: x\nname: y\ndataset: scenes', ''],
    ['an unknown key', `${HEAD}grids: {}`, 'grids'],
    ['a factor outside a trial', `${HEAD}grid: { seed: [1] }`, 'grid.seed'],
    ['a prototype key', `${HEAD}grid: { model.__proto__.x: [1] }`, 'grid.model.__proto__.x'],
    ['an empty list', `${HEAD}grid: { decode.beam: [] }`, 'grid.decode.beam'],
    ['a dataset name with a slash', 'name: x\ndataset: a/b', 'dataset'],
    ['no seeds', `${HEAD}seeds: []`, 'seeds'],
    ['more than 1000 seeds', `${HEAD}seeds: [${list(1001)}]`, 'seeds'],
    [
      'a factor of more than 1000 values',
      `${HEAD}grid: { decode.beam: [${list(1001)}] }`,
      'grid.decode.beam',
    ],
    [
      'more than 100 exclusions',
      `${HEAD}exclude: [${'{ decode.beam: 1 },'.repeat(101)}]`,
      'exclude',
    ],
  ])('%s is refused at its path', (_, text, path) => {
    expect(issuesOf(text)[0]?.path).toBe(path);
  });

  test('more values than cells are allowed are refused before each is checked', () => {
    const factors = Array.from({ length: 30 }, (_, index) => `model.x${index}: [${list(1000)}]`);
    expect(issuesOf(`${HEAD}grid: { ${factors.join()} }`)).toEqual([
      {
        path: 'grid',
        value: null,
        message: 'the factors have 20000 values or more; name fewer',
      },
    ]);
  });

  test('a hundred faults are enough to tell', () => {
    expect(issuesOf(`${HEAD}grid: { model.x: [${list(1000)}] }`)).toHaveLength(100);
  });

  test('a YAML bomb ends with a fault, not with the memory', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'd'],
      ['d', 'e'],
      ['e', 'f'],
    ]) {
      lines.push(`${to}: &${to} [*${from}, *${from}, *${from}, *${from}, *${from}, *${from}]`);
    }
    expect(issuesOf(lines.join('\n'))[0]?.message).toMatch(/alias/i);
  });
});
