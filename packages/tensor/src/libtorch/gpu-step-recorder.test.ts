import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chooseEngine } from '../choose-engine.js';
import { startEngine } from '../engine.js';
import { LibtorchBackend } from './backend.js';
import type { Binding } from './binding.js';
import type { GpuFunctions } from './gpu-binding.js';
import { GpuStepRecorder } from './gpu-step-recorder.js';

const isBuilt = (await chooseEngine()) === 'libtorch';
const FLOAT32 = 0;

/**
 * Stands in for the GPU: "recorded" operations run at once on the CPU, and a replay returns what the
 * recording computed. cuda-check/ has the tests on a real one.
 */
class FakeGpu implements GpuFunctions {
  readonly log: string[] = [];
  isMoved = false;
  private readonly outputs = new Map<number, number[]>();

  constructor(private readonly binding: Binding) {}

  synchronize(): void {}
  gpuMemory() {
    return { allocated: 0, reserved: 0, free: 0, total: 0 };
  }
  downloadAsync(): Promise<void> {
    return Promise.reject(new Error('not in these tests'));
  }
  beginRecording(inputs: readonly number[]): void {
    this.log.push('begin');
    this.giveCopies(inputs);
  }
  endRecording(outputs: readonly number[]): number {
    const step = this.outputs.size;
    const copies = outputs.map((id) => {
      this.binding.cast(id, FLOAT32);
      return this.binding.results[0] ?? 0;
    });
    this.outputs.set(step, copies);
    this.log.push(`end ${step}`);
    return step;
  }
  abandonRecording(): void {
    this.log.push('abandon');
  }
  isStale(): boolean {
    return this.isMoved;
  }
  replay(step: number): void {
    this.log.push(`replay ${step}`);
    this.giveCopies(this.outputs.get(step) ?? []);
  }
  freeStep(step: number): void {
    this.log.push(`free ${step}`);
    for (const id of this.outputs.get(step) ?? []) this.binding.free(id);
  }

  /** As results of one call. */
  private giveCopies(ids: readonly number[]): void {
    const { results } = this.binding;
    const words = ids.flatMap((id) => {
      this.binding.cast(id, FLOAT32);
      return Array.from(results.subarray(0, 3 + (results[2] ?? 0)));
    });
    results.set(words);
  }
}

function setUp() {
  const active = tf.backend();
  if (!(active instanceof LibtorchBackend)) throw new Error('the engine libtorch is not active');
  const gpu = new FakeGpu(active.binding);
  for (const name of [
    'beginRecording',
    'endRecording',
    'abandonRecording',
    'isStale',
    'replay',
    'freeStep',
  ] as const) {
    Object.assign(active.binding, { [name]: gpu[name].bind(gpu) });
  }
  return { active, gpu, recorder: new GpuStepRecorder(active) };
}

function valuesOf(tensors: tf.Tensor[] | null): unknown[] {
  return (tensors ?? []).map((tensor) => [...tensor.dataSync()]);
}

describe.skipIf(!isBuilt)('a step on a GPU', () => {
  beforeAll(async () => {
    await startEngine('libtorch', { device: 'cpu' });
  });
  afterEach(() => {
    tf.disposeVariables();
  });

  test('is recorded with copies of its inputs, and the outputs of a replay are its own', () => {
    const { recorder, gpu } = setUp();
    const inputs = [tf.tensor1d([1, 2]), tf.tensor2d([[3]])];
    const before = tf.memory().numTensors;
    const step = recorder.record(([x, y]) => {
      if (x === undefined || y === undefined) throw new Error('two inputs');
      return [tf.mul(x, y), tf.sum(x)];
    }, inputs);
    expect(tf.memory().numTensors).toBe(before);
    const outputs = recorder.run(step, inputs);
    expect(valuesOf(outputs)).toEqual([[3, 6], [3]]);
    expect(outputs?.map(({ shape }) => shape)).toEqual([[1, 2], []]);
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose([...inputs, ...(outputs ?? [])]);
    recorder.free(step);
    expect(gpu.log).toEqual(['begin', 'end 0', 'abandon', 'replay 0', 'free 0']);
  });

  test.each([
    ['it reads values back', (x: tf.Tensor) => [tf.scalar(tf.sum(x).dataSync()[0] ?? 0)]],
    [
      'it reads values back',
      (x: tf.Tensor) => {
        x.data().catch(() => undefined);
        return [tf.sum(x)];
      },
    ],
    ['it keeps tensors beyond its call (1)', (x: tf.Tensor) => [tf.sum(tf.keep(tf.add(x, 1)))]],
    [
      'it makes the variable "late"',
      (x: tf.Tensor) => [tf.mul(x, tf.variable(tf.scalar(2), true, 'late'))],
    ],
  ])('that breaks a rule is refused: %s', (message, fn) => {
    const { recorder, active } = setUp();
    const x = tf.tensor1d([1, 2]);
    expect(() => recorder.record(([own]) => fn(own ?? x), [x])).toThrow(
      expect.objectContaining({ code: 'step-rule', message: expect.stringContaining(message) }),
    );
    expect(active.recording).toBeNull();
    expect(Object.keys(tf.engine().registeredVariables)).toEqual([]);
    expect([...tf.sum(x).dataSync()]).toEqual([3]);
  });

  test('that assigns to a variable is refused, and the variable keeps its value', () => {
    const { recorder } = setUp();
    const weight = tf.tidy(() => tf.variable(tf.tensor1d([1, 2]), true, 'weight'));
    const fn = () => {
      weight.assign(tf.add(weight, 1));
      return [tf.sum(weight)];
    };
    expect(() => recorder.record(fn, [])).toThrow('it assigns to the variable "weight"');
    expect([...weight.dataSync()]).toEqual([1, 2]);
    weight.assign(tf.tensor1d([5, 6]));
    expect([...weight.dataSync()]).toEqual([5, 6]);
  });

  test('that gives a variable values of its own, since a clone is alive, breaks no rule', () => {
    const { recorder } = setUp();
    const weight = tf.tidy(() => tf.variable(tf.tensor1d([1, 2]), true, 'weight'));
    const clone = tf.clone(weight);
    const fn = () => {
      weight.assign(tf.mul(weight, 1));
      return [tf.sum(weight)];
    };
    expect(() => recorder.record(fn, [])).toThrow(
      expect.objectContaining({
        name: 'Error',
        message: expect.stringContaining('"weight" gets other values while a clone'),
      }),
    );
    expect([...weight.dataSync()]).toEqual([1, 2]);
    clone.dispose();
  });

  test('does not run while what it changes in place shares its values with a clone', () => {
    const { recorder, active } = setUp();
    // Outside of the tidy the variable is the only owner of its values.
    const weight = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
    const fn = () => {
      active.ownedId(weight);
      return [tf.sum(weight)];
    };
    const step = recorder.record(fn, []);
    const clone = tf.clone(weight);
    expect(recorder.run(step, [])).toBeNull();
    clone.dispose();
    expect(valuesOf(recorder.run(step, []))).toEqual([[3]]);
    weight.dispose();
    expect(recorder.run(step, [])).toBeNull();
  });

  test('whose kernel computes on the CPU cannot be recorded, which is no broken rule', () => {
    const { recorder, active } = setUp();
    expect(() =>
      recorder.record(([x]) => [tf.fft(tf.complex(x ?? 0, x ?? 0))], [tf.ones([4])]),
    ).toThrow('a kernel without a native form, which computes on the CPU, cannot be recorded');
    expect(active.recording).toBeNull();
  });

  test('does not run when a variable it reads was assigned to or moved', () => {
    const { recorder, gpu } = setUp();
    const read = tf.variable(tf.tensor1d([1, 2]));
    const other = tf.variable(tf.tensor1d([7]));
    const step = recorder.record(() => [tf.sum(read)], []);
    other.assign(tf.tensor1d([8]));
    expect(valuesOf(recorder.run(step, []))).toEqual([[3]]);
    gpu.isMoved = true;
    expect(recorder.run(step, [])).toBeNull();
    gpu.isMoved = false;
    read.assign(tf.tensor1d([3, 4]));
    expect(recorder.run(step, [])).toBeNull();
  });
});
