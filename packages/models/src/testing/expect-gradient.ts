/** Gradients against the difference quotients of their loss. */
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { sizeOf, type NamedArray } from '../parameters.js';
import { Rng } from '../rng.js';

/**
 * Central difference in float32, along a direction of length 1: the loss (around 20) is known to about
 * 2e-6, so a step of 5e-3 gives a derivative to 2e-6 / 1e-2 = 2e-4; the truncation error step²/6 f''' is of
 * the same order. Where the kink of a ReLU lies between the two points, a smaller step leaves it outside.
 */
const STEPS = [5e-3, 1e-3, 5e-4];
/** Absolute part: ten times the error above. Relative part: truncation on steep directions. */
const ABSOLUTE = 2e-3;
const RELATIVE = 2e-2;
/** Elements of each weight, those with the largest gradient. */
const TRIED = 4;

/**
 * Along the steepest elements of each weight and along a drawn direction through all of them, which
 * also meets what the gradient leaves out.
 */
export function expectGradient(
  arrays: readonly NamedArray[],
  weights: ReadonlyMap<string, tf.Variable>,
  loss: () => tf.Scalar,
): void {
  const assign = (name: string, values: Float32Array): void => {
    const variable = weights.get(name);
    tf.tidy(() => variable?.assign(tf.tensor(values, variable.shape)));
  };
  const lossWith = (name: string, values: Float32Array): number => {
    assign(name, values);
    return tf.tidy(() => loss().dataSync()[0] ?? Number.NaN);
  };
  const gradients = gradientsOf(
    loss,
    arrays.map(({ name }) => name),
    weights,
  );
  for (const { name, values } of arrays) {
    const gradient = gradients.get(name) ?? new Float32Array();
    expect(gradient.length, name).toBe(values.length);
    for (const [label, direction] of directionsOf(name, gradient)) {
      const slope = gradient.reduce((sum, g, i) => sum + g * (direction[i] ?? 0), 0);
      const differences: number[] = [];
      const isClose = STEPS.some((step) => {
        const [up, down] = [step, -step].map((by) =>
          lossWith(
            name,
            values.map((value, i) => value + by * (direction[i] ?? 0)),
          ),
        );
        const expected = ((up ?? Number.NaN) - (down ?? Number.NaN)) / (2 * step);
        differences.push(expected);
        return Math.abs(slope - expected) < ABSOLUTE + RELATIVE * Math.abs(expected);
      });
      assign(name, values);
      expect(isClose, `${name}${label}: ${slope} against ${differences.join(', ')}`).toBe(true);
    }
  }
}

/** Each of length 1, with a label for messages. */
function directionsOf(name: string, gradient: Float32Array): [string, Float32Array][] {
  const steepness = (i: number): number => Math.abs(gradient[i] ?? 0);
  const order = [...gradient.keys()].sort((a, b) => steepness(b) - steepness(a));
  const rng = Rng.from(1).fork(name);
  const length = Math.sqrt(gradient.length);
  return [
    ...order
      .slice(0, TRIED)
      .map((at): [string, Float32Array] => [`[${at}]`, gradient.map((_, i) => Number(i === at))]),
    [' along signs', gradient.map(() => (rng.uniform() < 0.5 ? -1 : 1) / length)],
  ];
}

/** Zeros for a weight that the loss does not reach. */
export function gradientsOf(
  loss: () => tf.Scalar,
  names: readonly string[],
  weights: ReadonlyMap<string, tf.Variable>,
): Map<string, Float32Array> {
  const variables = names.flatMap((name) => weights.get(name) ?? []);
  const { value, grads } = tf.variableGrads(loss, variables);
  const read = new Map(
    names.map((name) => {
      const variable = weights.get(name);
      const gradient = grads[variable?.name ?? ''];
      const none = new Float32Array(sizeOf(variable?.shape ?? [0]));
      return [name, gradient === undefined ? none : Float32Array.from(gradient.dataSync())];
    }),
  );
  tf.dispose([value, grads]);
  return read;
}
