/** Runs a training step from a recording, where the device can record. */
import { backend, tidy } from '@tensorflow/tfjs-core';
import { LibtorchBackend } from './backend.js';
import { GpuStepRecorder } from './gpu-step-recorder.js';
import {
  bucketSteps,
  type CapturedStep,
  type Step,
  type StepBucketOptions,
} from './step-buckets.js';

const MAX_RECORDINGS = 32;

/**
 * A step that the GPU repeats by itself: `fn` is recorded as a CUDA graph, once for all inputs of
 * the same shapes and dtypes, and replayed from then on. A small model spends most of its step
 * starting kernels; a replay starts all of them at once.
 *
 * For each set of shapes the first call runs `fn` (libraries choose their algorithms), the second
 * records it and later ones copy the inputs into the recording's own, replay, and return copies of
 * the outputs. The caller disposes of the outputs; the inputs stay the caller's. On a device that
 * cannot record, such as the CPU, each call is `fn` in a `tf.tidy`. The active backend decides when
 * this function is called, so start the engine before.
 *
 * What `fn` has to keep to, since its JavaScript runs only when it is recorded (and again when the
 * recording failed):
 * - What differs from call to call is in `inputs`: batches, masks, the learning rate, dropout masks.
 *   All else, also what it uploads, becomes a constant of the recording.
 * - Variables change in place only (the optimizer's fused kernel does it). `assign`, and creating or
 *   disposing of a variable, is an error.
 * - It reads no values back: `dataSync`, `arraySync` and `data` are errors.
 * - It keeps no tensors (`tf.keep`) beyond the call.
 * - It is not differentiated from outside.
 *
 * These throw a StepRuleError. When the recording itself fails, for instance as a kernel has no
 * native form, or as a clone or view of a variable is alive when the optimizer changes it, `fn` runs as
 * it is for these shapes, after one call of `onFallback`. A variable that got a new value outside, by
 * `assign`, costs one more recording.
 *
 * Recordings hold GPU memory that `tf.memory()` does not count, since it belongs to no tensor; they
 * share what they need between inputs and outputs. `dispose` frees them.
 */
export function captureStep(fn: Step, options: Partial<StepBucketOptions> = {}): CapturedStep {
  const active = backend();
  if (!(active instanceof LibtorchBackend) || !active.isOnGpu) {
    return Object.assign((inputs: Parameters<Step>[0]) => tidy(() => fn(inputs)), {
      dispose: () => undefined,
    });
  }
  return bucketSteps(fn, new GpuStepRecorder(active), {
    maxRecordings: MAX_RECORDINGS,
    onFallback: warn,
    ...options,
  });
}

function warn(cause: unknown, shapes: string): void {
  const reason = cause instanceof Error ? cause.message : String(cause);
  process.emitWarning(`A step with the inputs ${shapes} runs without a recording: ${reason}`, {
    code: 'capgrid-step-not-recorded',
  });
}
