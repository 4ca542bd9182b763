import { beforeAll, test } from 'vitest';
import {
  expectEquations,
  plainLogits,
  plainRegions,
  type PlainModel,
} from '../testing/expect-equations.js';
import {
  dot,
  meanOf,
  parts,
  plus,
  product,
  scaled,
  sigmoid,
  softmax,
  times,
  zeros,
  type Matrix,
  type Vector,
} from '../testing/plain-numbers.js';
import { plainSinusoid } from '../testing/plain-positions.js';
import { startTestEngine } from '../testing/test-engine.js';

const HIDDEN = 8;
const EMBED = 10;
const KERNEL = 2;
const LAYERS = ['layers.0', 'layers.1'];

beforeAll(startTestEngine);

/** GLU of a convolution of this word and the ones before, zeros before the first. */
function convolve({ matrix, vector }: PlainModel, layer: string, xs: Matrix): Vector[] {
  return xs.map((x, t) => {
    const window = [...(xs[t - 1] ?? zeros(HIDDEN)), ...x];
    const filters = matrix(`${layer}.convolution.weight`).map((row) => dot(row, window));
    const biased = plus(filters, vector(`${layer}.convolution.bias`));
    const [values = [], gates = []] = parts(biased, 2);
    return product(values, sigmoid(gates));
  });
}

interface Scored {
  readonly alpha: Vector;
  readonly context: Vector;
}

/** Unscaled: u is the query, the regions are keys and values. */
function dotAttention(u: Vector, v: Matrix): Scored {
  const alpha = softmax(v.map((region) => dot(u, region)));
  return { alpha, context: times(alpha, v) };
}

/** One head of projected queries, keys and values, divided by sqrt(hidden). */
function projectedAttention(plain: PlainModel, layer: string, u: Vector, v: Matrix): Scored {
  const linear = (x: Vector, name: string): Vector =>
    plus(
      times(x, plain.matrix(`${layer}.attention.${name}`)),
      plain.vector(`${layer}.attention.${name}Bias`),
    );
  const query = linear(u, 'query');
  const keysValues = v.map((region) => parts(linear(region, 'regions'), 2));
  const alpha = softmax(keysValues.map(([key = []]) => dot(query, key) / Math.sqrt(HIDDEN)));
  const values = keysValues.map(([, value = []]) => value);
  return { alpha, context: times(alpha, values) };
}

// Bazzani et al. 2018, section 3.3, as in sockeye: x_{l+1} = x_l + u + attention(u).
test.each([
  { positions: 'learned', projectQkv: false },
  { positions: 'fixed', projectQkv: false },
  { positions: 'learned', projectQkv: true },
])('convolutions and attention, %o', ({ positions, projectQkv }) => {
  const sizes = { hidden: HIDDEN, embed: EMBED, kernel: KERNEL, layers: LAYERS.length };
  const model = { decoder: 'fcn', ...sizes, positions, projectQkv, global: 'none' };
  expectEquations(model, (plain) => {
    const v = plainRegions(plain);
    const alphas: Vector[][] = plain.words.map(() => []);
    let xs: readonly Vector[] = plain.words.map((word, t) => {
      const position =
        positions === 'fixed'
          ? scaled(plainSinusoid(t, EMBED), 1 / Math.sqrt(EMBED))
          : (plain.matrix('positions')[t] ?? []);
      return times(plus(word, position), plain.matrix('input.weight'));
    });
    for (const layer of LAYERS) {
      const us = convolve(plain, layer, xs);
      xs = us.map((u, t) => {
        const { alpha, context } = projectQkv
          ? projectedAttention(plain, layer, u, v)
          : dotAttention(u, v);
        alphas[t]?.push(alpha);
        return plus(xs[t] ?? [], u, context);
      });
    }
    return xs.map((x, t) => ({ logits: plainLogits(plain, x), alpha: meanOf(alphas[t] ?? []) }));
  });
});
