/**
 * Random numbers of a training step. They are made on the host from a generator of the step and come
 * in as tensors, so that a step is a function of its inputs, an engine may record it, and a resumed
 * training draws the same numbers.
 */
import { mul, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { ModelInputError } from '../errors.js';
import { sizeOf } from '../parameters.js';
import type { Rng } from '../rng.js';
import { uploadRoom } from '../upload-room.js';

export interface NoisePlan {
  readonly name: string;
  /** `dropout`: 0 with `probability`, else 1 / (1 - probability). `uniform`: in [0, 1). */
  readonly kind: 'dropout' | 'uniform';
  /** Of `dropout`. */
  readonly probability?: number;
  /** `regions`: of an image, without a global one. */
  readonly shape: (steps: number, size: number, regions: number) => readonly number[];
}

export type Noise = Readonly<Record<string, Tensor>>;

const roomFor = uploadRoom();

/** Dropout masks of a shape. One of probability 0 has a name, but none is drawn. */
export function dropoutPlan(
  name: string,
  probability: number,
  shape: NoisePlan['shape'],
): NoisePlan[] {
  return [{ name, kind: 'dropout', probability, shape }];
}

/**
 * Uploads the noise of one step; the caller disposes it. `regions`: of the features. `rng`: one
 * generator per update.
 */
export function drawNoise(
  plans: readonly NoisePlan[],
  { steps, size }: { readonly steps: number; readonly size: number },
  regions: number,
  rng: (name: string) => Rng,
): Record<string, Tensor> {
  return Object.fromEntries(
    plans.filter(isDrawn).map((plan) => {
      const shape = plan.shape(steps, size, regions);
      return [plan.name, tensor(draw(plan, sizeOf(shape), rng(plan.name)), [...shape])];
    }),
  );
}

/** The noise of this name, which must be planned; null where the step has none or nothing is dropped. */
export function noiseOf(
  noise: Noise | null,
  plans: readonly NoisePlan[],
  name: string,
): Tensor | null {
  const plan = plans.find((one) => one.name === name);
  if (plan === undefined) {
    throw new ModelInputError(
      `The model plans no noise "${name}" (it plans ${plans.map((one) => one.name).join(', ')}).`,
    );
  }
  if (noise === null || !isDrawn(plan)) return null;
  const values = noise[name];
  if (values === undefined) {
    throw new ModelInputError(`The step got no noise "${name}"; draw what the captioner plans.`);
  }
  return values;
}

/** `x` times a mask of `noiseOf` in its shape, or `x` itself where nothing is dropped. */
export function dropped(x: Tensor, mask: Tensor | null): Tensor {
  return mask === null ? x : mul(x, mask);
}

function isDrawn({ kind, probability }: NoisePlan): boolean {
  return kind === 'uniform' || probability !== 0;
}

function draw({ kind, probability = 0 }: NoisePlan, size: number, rng: Rng): Float32Array {
  const values = roomFor(size);
  if (kind === 'uniform') {
    for (let i = 0; i < size; i += 1) values[i] = rng.uniform();
    return values;
  }
  const kept = 1 / (1 - probability);
  // uniform() < probability, in whole numbers: a power of two scales both sides exactly.
  const bound = probability * 2 ** 32;
  for (let i = 0; i < size; i += 1) values[i] = rng.bits() < bound ? 0 : kept;
  return values;
}
