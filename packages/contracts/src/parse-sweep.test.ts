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
        message: 'unknown option; model has no "atention" (docs/options.md lists all options)',
      },
    ]);
  });

  test('a value that is not allowed is shown beside those that are', () => {
    expect(issuesOf(`${HEAD}grid: { model.attention.kind: [mlp, soft] }`)).toEqual([
      {
        path: 'grid.model.attention.kind',
        value: '"soft"',
        message:
          'Invalid option: expected one of "none"|"dot"|"bilinear"|"mlp"|"multihead"|"location"|"coverage"',
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

  test('what is missing is named as missing, with what is allowed', () => {
    expect(issuesOf('name: x\ndataset: scenes')).toEqual([
      {
        path: 'base.encoder',
        value: null,
        message:
          'missing; expected an object with kind "scenes-cnn", "plan" or "features", e.g. { kind: scenes-cnn }',
      },
    ]);
    const kinds = 'expected one of "scenes-cnn"|"plan"|"features"';
    const encoder = (text: string) => `name: x\ndataset: scenes\nbase: { encoder: ${text} }`;
    expect(issuesOf(encoder('{ epochs: 3 }'))).toEqual([
      { path: 'base.encoder.kind', value: null, message: `missing; ${kinds}` },
    ]);
    expect(issuesOf(encoder('{ kind: vgg }'))).toEqual([
      { path: 'base.encoder.kind', value: '"vgg"', message: `Invalid option: ${kinds}` },
    ]);
    expect(issuesOf('name: x')[0]).toEqual({
      path: 'dataset',
      value: null,
      message: 'missing; expected string',
    });
  });

  test('an option that no decoder of the sweep reads is named with those that do', () => {
    expect(issuesOf(`${HEAD}grid: { model.kernel: [3, 5] }`)).toEqual([
      {
        path: 'grid.model.kernel',
        value: '[3,5]',
        message: 'model.kernel is an option of fcn; arnn does not read it, so remove it',
      },
    ]);
    const base = 'model: { decoder: sat, attention: { heads: 4 } }';
    expect(issuesOf(HEAD.replace('} }', `}, ${base} }`))).toMatchObject([
      { path: 'base.model.attention.heads', value: '4' },
    ]);
    expect(issuesOf(`${HEAD}grid: { model.decoder: [sat, fcn], model.kernel: [3] }`)).toEqual([]);
  });

  test('a rule for one decoder may not set an option of another', () => {
    const rule = (set: string) =>
      issuesOf(
        `${HEAD}grid: { model.decoder: [sat, fcn] }\nwhen: [{ if: { model.decoder: sat }, set: { ${set} } }]`,
      );
    expect(rule('model.kernel: 3')).toMatchObject([
      {
        path: 'when.0.set.model.kernel',
        message: 'model.kernel is an option of fcn; sat does not read it, so remove it',
      },
    ]);
    expect(rule('model.preprocess: n')).toEqual([]);
  });

  test('a value that is wrong for every decoder that reads it is a fault, for one of them not', () => {
    const decoders = `${HEAD}grid: { model.decoder: [arnn, fcn, tanh-rnn], `;
    expect(issuesOf(`${decoders} model.kernel: [3, wide] }`)).toMatchObject([
      { path: 'grid.model.kernel', value: '"wide"' },
    ]);
    expect(issuesOf(`${decoders} model.attention.kind: [soft, mlp] }`)).toMatchObject([
      { path: 'grid.model.attention.kind', value: '"soft"' },
    ]);
  });

  test('letters that no sequence of a transformer has are a fault', () => {
    const text = `${HEAD}grid: { model.decoder: [sat], model.postprocess: [drn, drr] }`;
    expect(issuesOf(text)).toMatchObject([{ path: 'grid.model.postprocess', value: '"drr"' }]);
  });

  test('a decoder that is none is shown beside those that are', () => {
    const decoders = expect.stringMatching(/^Invalid option: expected one of "arnn"\|"sat"/);
    expect(issuesOf(`${HEAD}grid: { model.decoder: [arnn, lstm] }`)).toEqual([
      { path: 'grid.model.decoder', value: '"lstm"', message: decoders },
    ]);
    expect(issuesOf(HEAD.replace('} }', '}, model: { decoder: lstm, kernel: 3 } }'))).toEqual([
      { path: 'base.model.decoder', value: '"lstm"', message: decoders },
    ]);
  });

  test('a rule about a decoder that is none has this fault alone', () => {
    const rule = '{ if: { model.decoder: lstm, model.kernel: 3 }, set: { decode.beam: 3 } }';
    expect(issuesOf(`${HEAD}when: [${rule}]`)).toMatchObject([
      { path: 'when.0.if.model.decoder', value: '"lstm"' },
    ]);
  });

  test('an option of several kinds names them all', () => {
    expect(issuesOf(`${HEAD}grid: { model.weightNorm: [some] }`)).toEqual([
      {
        path: 'grid.model.weightNorm',
        value: '"some"',
        message: 'Invalid option: expected one of boolean|"all"',
      },
    ]);
  });

  test('an exclusion that no cell can match is a fault', () => {
    expect(issuesOf(`${HEAD}exclude: [{ decode.beem: 3 }]`)).toMatchObject([
      { path: 'exclude.0.decode.beem', value: '3' },
    ]);
  });

  test('a preset that is none is shown beside those that are', () => {
    expect(issuesOf(`${HEAD}preset: papper`)).toEqual([
      {
        path: 'preset',
        value: '"papper"',
        message: 'Invalid option: expected one of "paper"|"sockeye57"',
      },
    ]);
  });

  test('a published table has a name, a published row its own faults', () => {
    expect(issuesOf(`${HEAD}published: [bazzani-2018-table-1]`)).toEqual([]);
    expect(issuesOf(`${HEAD}published: [../secret.json]`)).toEqual([
      {
        path: 'published.0',
        value: '"../secret.json"',
        message: 'use the name of a file of published/ without ".json"',
      },
    ]);
    expect(
      issuesOf(`${HEAD}published: [{ source: x, match: {}, scores: { bleu4: high } }]`),
    ).toMatchObject([{ path: 'published.0.scores.bleu4', value: '"high"' }]);
    expect(issuesOf(`${HEAD}published: [3]`)).toMatchObject([
      { path: 'published.0', value: '3', message: 'Invalid option: expected one of string|object' },
    ]);
  });

  test('an unknown key shows its own value', () => {
    expect(issuesOf(`${HEAD}grids: { a: 1 }`)).toMatchObject([{ path: 'grids', value: '{"a":1}' }]);
  });

  test('a fault of a rule is told where it stands', () => {
    const rule = (text: string) => issuesOf(`${HEAD}when: [{ ${text} }]`).map(({ path }) => path);
    const kind = 'model.attention.kind';
    expect(rule(`if: { ${kind}: dto }, set: { decode.beam: 1 }`)).toEqual([`when.0.if.${kind}`]);
    expect(rule(`if: { ${kind}: dot }, set: { decode.beam: a }`)).toEqual([
      'when.0.set.decode.beam',
    ]);
    expect(rule(`if: { ${kind}: dot }, grid: { decode.beam: [1, a] }`)).toEqual([
      'when.0.grid.decode.beam',
    ]);
  });

  test.each([
    ['grid and a group', 'grid: { decode.beam: [1] }\nzip: [{ decode.beam: [3] }]', 0, 'grid'],
    ['two groups', 'zip: [{ decode.beam: [1] }, { decode.beam: [3] }]', 1, 'zip.0'],
  ])('a factor of %s is refused', (_, text, index, first) => {
    expect(issuesOf(`${HEAD}${text}`)).toEqual([
      {
        path: `zip.${index}.decode.beam`,
        value: '[3]',
        message: `decode.beam is a factor of ${first} already; name its values in one place`,
      },
    ]);
  });

  test.each(['\\u0000', '\\n', '\\u001b[31m', '\\u202e', '\\u2066', '\\u2028'])(
    'a name with %s is refused, and shown without its effect',
    (character) => {
      const [issue, ...others] = issuesOf(`name: "a${character}b"\ndataset: scenes`);
      expect(issue).toMatchObject({ path: 'name', message: expect.stringContaining('remove it') });
      expect(issue?.value).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      expect(others).toEqual([]);
    },
  );

  test('a description may have line breaks, but no NUL', () => {
    expect(issuesOf(`${HEAD}description: "a\\nb"`)).toEqual([]);
    expect(issuesOf(`${HEAD}description: "a\\0b"`)).toMatchObject([
      { path: 'description', message: 'has a NUL character; remove it' },
    ]);
  });

  test('a path that a published row misspells is a fault, one of another decoder is not', () => {
    const matching = (match: string) =>
      issuesOf(`${HEAD}published: [{ source: x, match: { ${match} }, scores: { bleu4: 0.3 } }]`);
    expect(matching('model.attention.kindd: mlp')).toEqual([
      {
        path: 'published.0.match.model.attention.kindd',
        value: '"mlp"',
        message:
          'unknown option; model.attention has no "kindd" (docs/options.md lists all options)',
      },
    ]);
    expect(matching('decode.beem: 3')).toMatchObject([{ path: 'published.0.match.decode.beem' }]);
    expect(matching('model.kernel: 3, model.attention.kind: mlp, decode.beam: 3')).toEqual([]);
    expect(matching('encoder.kind: plan, encoder.name: mobilenet')).toEqual([]);
  });

  test('a zip group without factors is refused, a grid without is not', () => {
    expect(issuesOf(`${HEAD}grid: {}\nzip: [{ decode.beam: [1] }, {}]`)).toEqual([
      {
        path: 'zip.1',
        value: '{}',
        message: 'a group without factors leaves no cell; name its factors or remove the group',
      },
    ]);
    expect(issuesOf(`${HEAD}grid: {}\nzip: []`)).toEqual([]);
  });

  test('zipped factors need equally many values', () => {
    const issues = issuesOf(`${HEAD}zip: [{ model.hidden: [64, 128], model.embed: [64] }]`);
    expect(issues).toHaveLength(1);
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
