/** Which recording serves which shapes, and what happens where there is none. */
import { tidy, type Tensor } from '@tensorflow/tfjs-core';
import { StepRuleError } from '../errors.js';

export type Step = (inputs: Tensor[]) => Tensor[];

/** Records steps and runs the recordings; on a GPU, see gpu-step-recorder.ts. */
export interface StepRecorder {
  /** Whether `fn` would become part of a recording that is under way. */
  isRecording(): boolean;
  /**
   * @returns number of the recorded step
   * @throws StepRuleError when `fn` does what a recording cannot repeat; other errors when the
   *   recording failed. Nothing has been computed then.
   */
  record(fn: Step, inputs: readonly Tensor[]): number;
  /** @returns null when the recording no longer fits the variables it was made with */
  run(step: number, inputs: readonly Tensor[]): Tensor[] | null;
  free(step: number): void;
}

export interface StepBucketOptions {
  /** Most recordings that are kept; the one not used for longest goes first. */
  readonly maxRecordings: number;
  /** Told once per shapes that a recording failed and `fn` runs as it is. */
  readonly onFallback: (cause: unknown, shapes: string) => void;
}

/** A step whose recordings can be freed. It can be called again afterwards. */
export interface CapturedStep {
  (inputs: Tensor[]): Tensor[];
  dispose(): void;
}

type Bucket =
  | { readonly state: 'warm' }
  | { readonly state: 'recorded'; readonly step: number }
  | { readonly state: 'unrecordable' };

/** The first call for some shapes runs `fn`, the second records it, later ones run the recording. */
export function bucketSteps(
  fn: Step,
  recorder: StepRecorder,
  { maxRecordings, onFallback }: StepBucketOptions,
): CapturedStep {
  // In the order of their last use.
  const buckets = new Map<string, Bucket>();

  function remember(key: string, bucket: Bucket): void {
    buckets.delete(key);
    buckets.set(key, bucket);
    for (const [oldest, old] of buckets) {
      if (buckets.size <= maxRecordings) break;
      buckets.delete(oldest);
      if (old.state === 'recorded') recorder.free(old.step);
    }
  }

  function runFn(key: string, inputs: Tensor[], after: Bucket): Tensor[] {
    const outputs = tidy(() => fn(inputs));
    remember(key, after);
    return outputs;
  }

  /** @returns null when the step can only run as it is */
  function recordAndRun(key: string, inputs: Tensor[]): Tensor[] | null {
    try {
      const step = recorder.record(fn, inputs);
      const outputs = recorder.run(step, inputs);
      if (outputs !== null) {
        remember(key, { state: 'recorded', step });
        return outputs;
      }
      recorder.free(step);
      onFallback(new Error('the step keeps a view of a variable that it changes'), key);
    } catch (error) {
      if (error instanceof StepRuleError) throw error;
      onFallback(error, key);
    }
    return null;
  }

  function call(inputs: Tensor[]): Tensor[] {
    if (recorder.isRecording()) return tidy(() => fn(inputs));
    const key = shapesOf(inputs);
    const bucket = buckets.get(key);
    switch (bucket?.state) {
      case 'recorded': {
        const outputs = recorder.run(bucket.step, inputs);
        if (outputs !== null) {
          remember(key, bucket);
          return outputs;
        }
        buckets.delete(key);
        recorder.free(bucket.step);
        return runFn(key, inputs, { state: 'warm' });
      }
      case 'warm':
        return recordAndRun(key, inputs) ?? runFn(key, inputs, { state: 'unrecordable' });
      case 'unrecordable':
        return runFn(key, inputs, bucket);
      case undefined:
        return runFn(key, inputs, { state: 'warm' });
    }
  }

  function dispose(): void {
    for (const bucket of buckets.values()) {
      if (bucket.state === 'recorded') recorder.free(bucket.step);
    }
    buckets.clear();
  }

  return Object.assign(call, { dispose });
}

/** "float32[64,512] int32[64]" */
function shapesOf(inputs: readonly Tensor[]): string {
  return inputs.map(({ dtype, shape }) => `${dtype}[${shape.join(',')}]`).join(' ');
}
