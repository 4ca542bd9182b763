/**
 * The same training task for every contender: sizes, start values and one batch, in two files.
 * `task.json` says where in `values.bin` (little-endian, 4 bytes a number) each array lies.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captionerParameters, Rng, SPECIAL_COUNT, SPECIAL_IDS } from '@capgrid/models';
import { specOf, type ModelName } from './models.js';
import type { Sizes } from './sizes.js';

export interface Task {
  readonly model: ModelName;
  readonly sizes: Sizes;
  readonly learningRate: number;
  /** Gradients are clamped to [-clip, clip]. */
  readonly clip: number;
  readonly padId: number;
  /** Numbers that are learned. */
  readonly parameters: number;
  readonly arrays: readonly TaskArray[];
}

interface TaskArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  /** In numbers, not bytes. */
  readonly offset: number;
}

/** The folder it was written to. The caller removes it with `removeTask`. */
export function writeTask(model: ModelName, sizes: Sizes): { folder: string; task: Task } {
  const rng = Rng.from(7);
  const plans = captionerParameters(specOf(model, sizes), sizes);
  const values: { name: string; shape: readonly number[]; data: Float32Array | Int32Array }[] =
    plans.map(({ name, shape, start }) => ({
      name,
      shape,
      data: start(rng.fork(name), sizeOf(shape)),
    }));
  const { inputs, targets } = captions(sizes, rng.fork('captions'));
  const { batch, words, regions, channels } = sizes;
  values.push(
    { name: 'features', shape: [batch, regions, channels], data: features(sizes, rng) },
    { name: 'inputs', shape: [words, batch], data: inputs },
    { name: 'targets', shape: [words, batch], data: targets },
  );
  let offset = 0;
  const arrays = values.map(({ name, shape, data }): TaskArray => {
    const dtype = data instanceof Int32Array ? 'int32' : 'float32';
    const array = { name, shape, dtype, offset } as const;
    offset += data.length;
    return array;
  });
  const task: Task = {
    model,
    sizes,
    learningRate: 3e-4,
    clip: 1,
    padId: SPECIAL_IDS.pad,
    parameters: plans.reduce((total, { shape }) => total + sizeOf(shape), 0),
    arrays,
  };
  const folder = mkdtempSync(join(tmpdir(), 'capgrid-bench-'));
  writeFileSync(join(folder, 'task.json'), JSON.stringify(task));
  const bytes = values.map(({ data }) => new Uint8Array(data.buffer, 0, data.byteLength));
  writeFileSync(join(folder, 'values.bin'), Buffer.concat(bytes));
  return { folder, task };
}

export function removeTask(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

export function readTask(folder: string): {
  task: Task;
  valuesOf: (name: string) => { shape: number[]; data: Float32Array | Int32Array };
} {
  const task = JSON.parse(readFileSync(join(folder, 'task.json'), 'utf8')) as Task;
  const bytes = readFileSync(join(folder, 'values.bin'));
  return {
    task,
    valuesOf: (name) => {
      const array = task.arrays.find((candidate) => candidate.name === name);
      if (array === undefined) throw new RangeError(`The task has no array "${name}".`);
      const { shape, offset, dtype } = array;
      const start = bytes.byteOffset + 4 * offset;
      const copy = bytes.buffer.slice(start, start + 4 * sizeOf(shape));
      return {
        shape: [...shape],
        data: dtype === 'int32' ? new Int32Array(copy) : new Float32Array(copy),
      };
    },
  };
}

/** Non-negative and sparse, as after a ReLU. [batch, regions, channels] */
function features({ batch, regions, channels }: Sizes, rng: Rng): Float32Array {
  const own = rng.fork('features');
  return Float32Array.from({ length: batch * regions * channels }, () =>
    Math.max(0, own.uniform() * 2 - 1),
  );
}

/** Random words; every fourth caption is a word shorter, so that there is padding. [words, batch] */
function captions(
  { batch, words, vocabulary }: Sizes,
  rng: Rng,
): { inputs: Int32Array; targets: Int32Array } {
  const inputs = new Int32Array(words * batch).fill(SPECIAL_IDS.pad);
  const targets = new Int32Array(words * batch).fill(SPECIAL_IDS.pad);
  for (let row = 0; row < batch; row += 1) {
    const length = row % 4 === 3 ? words - 2 : words - 1;
    inputs[row] = SPECIAL_IDS.begin;
    for (let t = 0; t < length; t += 1) {
      const id = SPECIAL_COUNT + rng.integer(vocabulary - SPECIAL_COUNT);
      targets[t * batch + row] = id;
      inputs[(t + 1) * batch + row] = id;
    }
    targets[length * batch + row] = SPECIAL_IDS.end;
  }
  return { inputs, targets };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
