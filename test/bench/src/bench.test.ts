/** Runs the real benchmark at its small size: real engines in child processes. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chooseEngine } from '@capgrid/tensor';
import { describe, expect, it } from 'vitest';
import { BenchError } from './run/bench-error.js';
import { interleave, median } from './run/interleave.js';
import { LineChild } from './run/line-child.js';
import type { Result } from './run/result.js';
import { formatTable } from './run/table.js';

const hasLibtorch = (await chooseEngine()) === 'libtorch';
const main = join(import.meta.dirname, '..', 'dist', 'main.js');

async function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [main, ...args])) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

function small(...args: string[]): ReturnType<typeof bench> {
  return bench(...args, '--size', 'small', '--rounds', '2');
}

/** Of a run that must end well. */
async function resultsOf(...args: string[]): Promise<Result[]> {
  const { code, stdout, stderr } = await small(...args, '--json');
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Result);
}

describe('the command line', () => {
  it('names the groups and the engines in its help', async () => {
    const { code, stdout } = await bench('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('train: a full training step');
    expect(stdout).toContain('libtorch, wasm, cpu');
  });

  it.for([
    ['--group', 'trian', 'Known: train, decode, self-critical, batch, kernel, metrics.'],
    ['--engine', 'torch', 'pytorch, pytorch-compile.'],
    ['--size', 'big', 'Known: full, small.'],
    ['--rounds', '0', 'is not a whole number from 1'],
  ])('ends with 2 for %s %s and says what is known', async ([flag, name, known]) => {
    const { code, stdout, stderr } = await bench(flag ?? '', name ?? '');
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(known);
  });
});

describe('a run', () => {
  it('prints one JSON object a line: each model on all that can start here', async () => {
    // Contenders whose first losses differ from each other would end the run with 1.
    const results = await resultsOf('--group', 'train');
    const onWasm = results.filter(({ engine }) => engine === 'wasm');
    expect(onWasm.map(({ name }) => name)).toEqual(['arnn', 'sat', 'fcn']);
    for (const result of results) {
      expect(result).toMatchObject({ group: 'train', unit: 'captions/s' });
      expect(result.value).toBeGreaterThan(0);
      // ln 40 words = 3.69; start values add a little.
      expect(result['firstLoss']).toBeGreaterThan(3.5);
      expect(result['firstLoss']).toBeLessThan(4.6);
      expect(result['lastLoss']).toBeLessThan(Number(result['firstLoss']));
    }
  }, 120_000);

  it('writes the same captions on all that can start here', async () => {
    const results = await resultsOf('--group', 'decode');
    const onWasm = results.filter(({ engine }) => engine === 'wasm');
    expect(onWasm.map(({ name }) => name)).toEqual(
      ['arnn', 'sat', 'fcn'].flatMap((name) => [1, 3, 5].map((beam) => `${name}, beam ${beam}`)),
    );
    for (const result of results) {
      expect(result).toMatchObject({ group: 'decode', unit: 'captions/s', images: 4 });
      expect(result['sameCaptions']).toBe(4);
      // Captions of the practice set have 3 to 5 words, at most 8 are written.
      expect(result['longestWords']).toBeGreaterThan(2);
      expect(result['longestWords']).toBeLessThan(8);
    }
  }, 120_000);

  it('says what drawing, rewarding and the update take of a self-critical update', async () => {
    const results = await resultsOf('--group', 'self-critical', '--engine', 'wasm');
    expect(results.map(({ name }) => name)).toEqual(['arnn, 3 x 5', 'arnn, 4 x 5']);
    for (const result of results) {
      const { decodeMs, rewardMs, updateMs } = result;
      for (const part of [decodeMs, rewardMs, updateMs]) {
        expect(part).toBeGreaterThan(0);
        expect(part).toBeLessThan(result.value * 5);
      }
    }
  }, 120_000);

  it('prints captions per second of each batch size in a line', async () => {
    const { stdout } = await small('--group', 'batch', '--engine', 'wasm');
    expect(stdout).toMatch(/\| captions\/s at batch +\| engine \| device \| +2 \| +4 \|/);
    expect(stdout).toMatch(
      /\| arnn, training step +\| wasm +\| cpu +\| +[\d.]+ \| +[\d.]+ \|\n\| best of \d+ +\| +\| +\| +[\d.]+ \| +[\d.]+ \|/,
    );
    expect(stdout).toMatch(/\| fcn, beam 3 +\| wasm +\| cpu +\| +[\d.]+ \| +[\d.]+ \|/);
  }, 120_000);

  it('needs an engine of this project to train the captioners that decode', async () => {
    const { code, stderr } = await small('--group', 'decode', '--engine', 'pytorch');
    expect(code).toBe(1);
    // Where no Python has PyTorch, that is what is missing.
    expect(stderr).toMatch(/an engine of Capgrid itself|No python3 with PyTorch/);
  }, 60_000);

  it('prints a table without --json', async () => {
    const { stdout } = await small('--group', 'kernel', '--engine', 'cpu');
    expect(stdout).toMatch(/\| matmul-1024 +\| cpu /);
  }, 60_000);
});

describe('interleave', () => {
  it('lets contenders take turns and changes who begins', async () => {
    const order: string[] = [];
    const timed = (name: string) => ({
      burst: async (count: number) => {
        order.push(name);
        return 10 / count;
      },
    });
    const limits = { rounds: 2, burstMs: 1, budgetMs: 1000 };
    const [timing] = await interleave([timed('a'), timed('b')], limits);
    expect(order).toEqual(['a', 'b', 'a', 'b', 'b', 'a']);
    expect(timing).toMatchObject({ burstSteps: 1, bestMs: 10, medianMs: 10 });
  });

  it('lets a slow contender go after its third turn once its time is used up', async () => {
    const slow = { burst: async () => 100 };
    const fast = { burst: async () => 1 };
    const limits = { rounds: 6, burstMs: 1, budgetMs: 50 };
    const [ofSlow, ofFast] = await interleave([slow, fast], limits);
    expect(ofSlow?.burstMs).toHaveLength(3);
    expect(ofFast?.burstMs).toHaveLength(6);
  });

  it('takes the mean of the middle two of an even number of values as their median', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});

describe('a child', () => {
  it.runIf(hasLibtorch)('computes with the threads of the run', async () => {
    const options = { engine: 'libtorch', device: 'cpu', threads: 1 };
    const path = join(import.meta.dirname, '..', 'dist', 'kernel', 'child.js');
    const command: [string, string, string] = [process.execPath, path, JSON.stringify(options)];
    const { child, ready } = await LineChild.start('libtorch', command, {});
    expect(ready['threads']).toBe(1);
    await child.end();
  });

  it('that dies is reported with its name, the question and what it wrote to stderr', async () => {
    const script = `console.log('{}'); process.stdin.once('data', () => { throw new Error('no memory') })`;
    const { child } = await LineChild.start('engine x', [process.execPath, '-e', script], {});
    const asked = child.ask('steps 1');
    await expect(asked).rejects.toThrow(BenchError);
    await expect(asked).rejects.toThrow(
      /engine x gave no answer to "steps 1" \(exit code 1\).*no memory/s,
    );
  });

  it('whose command does not exist is a BenchError too', async () => {
    const started = LineChild.start('python', ['/nowhere/python3'], {});
    await expect(started).rejects.toThrow(/python gave no answer to its start \(.*ENOENT\)/);
  });
});

it('the table repeats no name and shows small values with three digits', () => {
  const of = (engine: string, value: number, ratio: number | null, best: number | null) => ({
    group: 'kernel',
    name: 'add-1',
    engine,
    device: 'cpu',
    value,
    unit: 'us',
    best: value,
    rounds: 1,
    threads: 2,
    version: 'x',
    ratioToPytorch: ratio,
    bestRatioToPytorch: best,
  });
  expect(formatTable([of('libtorch', 0.714, 1.3, 1.25), of('pytorch', 123.4, null, null)])).toBe(
    [
      '| name  | engine   | device | threads | median | best | unit | x PyTorch | best x |',
      '| ----- | -------- | ------ | ------: | -----: | ---: | ---- | --------: | -----: |',
      '| add-1 | libtorch | cpu    |       2 |   0.71 | 0.71 | us   |      1.30 |   1.25 |',
      '|       | pytorch  | cpu    |       2 |    123 |  123 | us   |           |        |',
    ].join('\n'),
  );
});
