/**
 * The same task for every contender in two files of a folder: `task.json` has the settings and says
 * where in `values.bin` (little-endian, 4 bytes a number) each array lies. pytorch/task.py reads it too.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TaskArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

interface StoredArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  /** In numbers, not bytes. */
  readonly offset: number;
}

export interface TaskFile<Task> {
  readonly task: Task;
  readonly valuesOf: (name: string) => { shape: number[]; data: Float32Array | Int32Array };
}

/** A new folder for a task. The caller removes it with `removeTask`. */
export function newTaskFolder(): string {
  return mkdtempSync(join(tmpdir(), 'capgrid-bench-'));
}

export function removeTask(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

export function writeTaskFile(folder: string, task: object, values: readonly TaskArray[]): void {
  let offset = 0;
  const arrays = values.map(({ name, shape, data }): StoredArray => {
    const dtype = data instanceof Int32Array ? 'int32' : 'float32';
    const array = { name, shape, dtype, offset } as const;
    offset += data.length;
    return array;
  });
  writeFileSync(join(folder, 'task.json'), JSON.stringify({ ...task, arrays }));
  const bytes = values.map(({ data }) => new Uint8Array(data.buffer, 0, data.byteLength));
  writeFileSync(join(folder, 'values.bin'), Buffer.concat(bytes));
}

/** `Task`: what `writeTaskFile` was given, by the same program. */
export function readTaskFile<Task>(folder: string): TaskFile<Task> {
  const text = readFileSync(join(folder, 'task.json'), 'utf8');
  const task = JSON.parse(text) as Task & { readonly arrays: readonly StoredArray[] };
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

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
