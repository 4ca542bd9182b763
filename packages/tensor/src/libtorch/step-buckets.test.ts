import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test, vi } from 'vitest';
import { StepRuleError } from '../errors.js';
import { startEngine } from '../engine.js';
import { bucketSteps, type StepRecorder } from './step-buckets.js';

beforeAll(async () => {
  await startEngine('cpu');
});

/** Stands in for the GPU: a recording runs the step again, so the results are the step's own. */
class FakeRecorder implements StepRecorder {
  readonly log: string[] = [];
  readonly stale = new Set<number>();
  failure: Error | null = null;
  private readonly steps: ((inputs: tf.Tensor[]) => tf.Tensor[])[] = [];

  isRecording(): boolean {
    return false;
  }
  record(fn: (inputs: tf.Tensor[]) => tf.Tensor[]): number {
    if (this.failure !== null) throw this.failure;
    this.log.push(`record ${this.steps.length}`);
    return this.steps.push(fn) - 1;
  }
  run(step: number, inputs: readonly tf.Tensor[]): tf.Tensor[] | null {
    if (this.stale.has(step)) return null;
    this.log.push(`run ${step}`);
    return this.steps[step]?.([...inputs]) ?? null;
  }
  free(step: number): void {
    this.log.push(`free ${step}`);
  }
}

function setUp(maxRecordings = 32) {
  const recorder = new FakeRecorder();
  const onFallback = vi.fn<(cause: unknown, shapes: string) => void>();
  const step = bucketSteps(([x]) => (x ? [tf.sum(x)] : []), recorder, {
    maxRecordings,
    onFallback,
  });
  const call = (shape: number[], value = 1) =>
    tf.tidy(() => step([tf.fill(shape, value)])[0]?.dataSync()[0]);
  return { recorder, onFallback, step, call };
}

test('the first call runs the step, the second records it, later ones run the recording', () => {
  const { recorder, call } = setUp();
  expect([call([2], 1), call([2], 2), call([2], 3)]).toEqual([2, 4, 6]);
  expect(recorder.log).toEqual(['record 0', 'run 0', 'run 0']);
});

test('each set of shapes and dtypes has a recording of its own', () => {
  const { recorder, step, call } = setUp();
  call([2]);
  call([3]);
  call([3]);
  call([2]);
  tf.tidy(() => step([tf.ones([2], 'int32')]));
  expect(recorder.log).toEqual(['record 0', 'run 0', 'record 1', 'run 1']);
});

test('the recording that was not used for longest is freed when there are too many', () => {
  const { recorder, call } = setUp(2);
  for (const shape of [[1], [1], [2], [2], [1], [3]]) call(shape);
  expect(recorder.log).toEqual(['record 0', 'run 0', 'record 1', 'run 1', 'run 0', 'free 1']);
});

test('a recording that no longer fits is freed, and the step is recorded again', () => {
  const { recorder, call } = setUp();
  call([2]);
  call([2]);
  recorder.stale.add(0);
  expect(call([2], 5)).toBe(10);
  call([2]);
  expect(recorder.log).toEqual(['record 0', 'run 0', 'free 0', 'record 1', 'run 1']);
});

test('a step that cannot be recorded runs as it is, and that is said once', () => {
  const { recorder, onFallback, call } = setUp();
  recorder.failure = new Error('no');
  expect([call([2], 1), call([2], 2), call([2], 3)]).toEqual([2, 4, 6]);
  expect(onFallback.mock.calls).toEqual([[recorder.failure, 'float32[2]']]);
});

test('a broken rule is an error, each time', () => {
  const { recorder, onFallback, call } = setUp();
  recorder.failure = new StepRuleError('it reads values back');
  call([2]);
  expect(() => call([2])).toThrow('The step cannot be recorded: it reads values back.');
  expect(() => call([2])).toThrow(StepRuleError);
  expect(onFallback).not.toHaveBeenCalled();
});

test('disposing frees all recordings, and the step starts anew', () => {
  const { recorder, step, call } = setUp();
  call([2]);
  call([2]);
  step.dispose();
  call([2]);
  expect(recorder.log).toEqual(['record 0', 'run 0', 'free 0']);
});
