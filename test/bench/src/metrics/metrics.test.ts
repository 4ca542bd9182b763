/** Runs the group at its small size, and looks at the captions it makes. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Rng } from '@capgrid/models';
import { BenchError } from '../run/bench-error.js';
import type { Result } from '../run/result.js';
import { captionGenerator } from './generate-captions.js';
import { growCaptions } from './grow-captions.js';
import { readFakecap } from './read-fakecap.js';
import { runOnce } from './run-once.js';
import { formatMetricsTable } from './table.js';

const main = join(import.meta.dirname, '..', '..', 'dist', 'main.js');

describe('a run of group metrics', () => {
  it('times the process, its parts and a paired bootstrap on generated captions', async () => {
    const noCaptions = mkdtempSync(join(tmpdir(), 'capgrid-bench-test-'));
    onTestFinished(() => rmSync(noCaptions, { recursive: true }));
    const args = ['--group', 'metrics', '--size', 'small', '--rounds', '1', '--json'];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, ...args], {
      env: { ...process.env, CAPGRID_SHARED: noCaptions },
    });
    expect(stderr).toContain('generated captions');
    const results = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Result);
    const partsOf = (name: string, engine = 'capgrid') =>
      results
        .filter((result) => result.name === name && result.engine === engine)
        .map(({ part }) => part);
    expect(partsOf('60 x 4')).toEqual([
      'whole process',
      'load code',
      'read captions',
      'load word lists',
      'score',
      'tokenize',
      'BLEU',
      'METEOR',
      'ROUGE-L',
      'CIDEr-D',
      'CIDEr',
    ]);
    expect(partsOf('20 x 4')).toContain('paired bootstrap');
    for (const result of results) {
      expect(result).toMatchObject({ group: 'metrics', unit: 's', captions: 'generated' });
      expect(result.value).toBeGreaterThan(0);
      if (result['part'] === 'whole process' && result.engine === 'capgrid') {
        expect(result['peakMegabytes']).toBeGreaterThan(20);
      }
      // Only others are compared with this project.
      if (result.engine.startsWith('capgrid')) expect(result['timeOverOwn']).toBeNull();
      else expect(result['timeOverOwn']).toBeGreaterThan(0);
    }
  }, 120_000);
});

describe('generated captions', () => {
  const captionsAt = captionGenerator(Rng.from(1));
  const images = Array.from({ length: 400 }, (_, image) => captionsAt(image));
  const words = images.flatMap(({ references }) =>
    references.flatMap((caption) => caption.toLowerCase().match(/[a-z']+/g) ?? []),
  );

  it('have about ten words, a few frequent ones and a long tail', () => {
    expect(words.length / (5 * images.length)).toBeGreaterThan(8.5);
    expect(words.length / (5 * images.length)).toBeLessThan(11.5);
    expect(new Set(words).size).toBeGreaterThan(1500);
  });

  it('are the same for an image whatever was asked before', () => {
    expect(captionGenerator(Rng.from(1))(399)).toEqual(images[399]);
  });

  it('name the same things in the captions of an image', () => {
    const shared = images.filter(({ candidate, references: [reference = ''] }) => {
      const long = (caption: string): string[] => caption.match(/[a-z]{6,}/g) ?? [];
      return long(candidate).some((word) => long(reference).includes(word));
    });
    expect(shared.length / images.length).toBeGreaterThan(0.5);
  });
});

describe('grown captions', () => {
  const base = [
    { candidate: 'A red bus.', references: ['The red bus!', 'A bus on a road'] },
    { candidate: 'Two dogs', references: ['Two brown dogs'] },
  ];
  const captionsAt = growCaptions(base, Rng.from(3));

  it('begin with the captions as they are', () => {
    expect([captionsAt(0), captionsAt(1)]).toEqual(base);
  });

  it('replace a word by the same word in all captions of an image', () => {
    let changed = 0;
    for (let image = 2; image < 200; image += 2) {
      const { candidate, references } = captionsAt(image);
      const pattern = /^(\w+) (\w+) (\w+)\.$/.exec(candidate);
      const [, , red, bus] = pattern ?? [];
      expect(references[0]).toMatch(new RegExp(`^\\w+ ${red} ${bus}!$`));
      if (red !== 'red') changed += 1;
    }
    expect(changed).toBeGreaterThan(10);
  });
});

it('fakecap is null where it is absent', () => {
  expect(readFakecap('/nowhere')).toBeNull();
});

describe('a process that is run once', () => {
  const node = (script: string): readonly [string, ...string[]] => [process.execPath, '-e', script];

  it('answers with the last line it prints', async () => {
    const { answer, wallMs } = await runOnce('x', node(`console.log('a'); console.log('{"b":1}')`));
    expect(answer).toEqual({ b: 1 });
    expect(wallMs).toBeGreaterThan(5);
  });

  it.for([
    ['process.exitCode = 3; console.error("no memory")', /x failed \(exit code 3\)\. no memory/],
    ['console.log("text")', /x printed "text", not JSON/],
    ['console.log(4)', /x printed "4", not an object/],
  ] as const)('that runs %s is a BenchError', async ([script, message]) => {
    const run = runOnce('x', node(script));
    await expect(run).rejects.toThrow(BenchError);
    await expect(run).rejects.toThrow(message);
  });

  it('that cannot be started is a BenchError too', async () => {
    await expect(runOnce('x', ['/nowhere/python3'])).rejects.toThrow(/x failed \(.*ENOENT/);
  });
});

it('the table shows goals and how many times as long others take', () => {
  const of = (engine: string, part: string, value: number, more: object) => ({
    group: 'metrics',
    name: '1,000 x 5',
    engine,
    part,
    device: 'cpu',
    value,
    unit: 's',
    best: value,
    rounds: 1,
    threads: 1,
    version: engine,
    ratioToPytorch: null,
    bestRatioToPytorch: null,
    secondsPer1000Images: value,
    captions: 'generated',
    ...more,
  });
  const goal = { seconds: 8, megabytes: 1500 };
  expect(
    formatMetricsTable([
      of('capgrid', 'whole process', 0.7, { peakMegabytes: 99.6, cpuSeconds: 0.9, goal }),
      of('capgrid', 'BLEU', 0.04, {}),
      of('nltk', 'BLEU', 1.2, { timeOverOwn: 30 }),
    ]),
  ).toBe(
    [
      '| images x refs | who     | part          | median s | best s | CPU s | s/1,000 images | peak MB |         goal | time / ours |',
      '| ------------- | ------- | ------------- | -------: | -----: | ----: | -------------: | ------: | -----------: | ----------: |',
      '| 1,000 x 5     | capgrid | whole process |    0.700 |  0.700 | 0.900 |          0.700 |     100 | 8 s, 1500 MB |             |',
      '|               |         | BLEU          |    0.040 |  0.040 |       |          0.040 |         |              |             |',
      '|               | nltk    | BLEU          |     1.20 |   1.20 |       |           1.20 |         |              |        30.0 |',
      '',
      'capgrid, nltk; captions: generated',
    ].join('\n'),
  );
});
