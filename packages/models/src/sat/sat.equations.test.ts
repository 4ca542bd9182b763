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
  relu,
  scaled,
  softmax,
  times,
  type Matrix,
  type Vector,
} from '../testing/plain-numbers.js';
import { plainSinusoid } from '../testing/plain-positions.js';
import { startTestEngine } from '../testing/test-engine.js';

const HIDDEN = 8;
const HEADS = 2;
const LAYERS = ['layers.0', 'layers.1'];

beforeAll(startTestEngine);

/** gamma (x - mean) / sqrt(variance) + beta; the small number inside the root is left out. */
function norm({ vector }: PlainModel, name: string, x: Vector): Vector {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const centred = x.map((value) => value - mean);
  const deviation = Math.sqrt(dot(centred, centred) / x.length);
  return plus(
    product(scaled(centred, 1 / deviation), vector(`${name}.gamma`)),
    vector(`${name}.beta`),
  );
}

/** Vaswani et al. 2017, section 3.2: each head softmax(q · k / sqrt(width of a head)) over its values. */
function attend(query: Vector, keys: Matrix, values: Matrix): { heads: Vector; alpha: Vector } {
  const alphas: Vector[] = [];
  const heads = parts(query, HEADS).flatMap((q, h) => {
    const of = (x: Vector): Vector => parts(x, HEADS)[h] ?? [];
    const alpha = softmax(keys.map((key) => dot(q, of(key)) / Math.sqrt(HIDDEN / HEADS)));
    alphas.push(alpha);
    return times(alpha, values.map(of));
  });
  return { heads, alpha: meanOf(alphas) };
}

function selfAttention({ matrix }: PlainModel, layer: string, xs: Matrix): Vector[] {
  const projected = xs.map((x) => parts(times(x, matrix(`${layer}.self.project`)), 3));
  return projected.map(([query = []], t) => {
    const known = projected.slice(0, t + 1); // no word sees those after it
    const keys = known.map(([, key = []]) => key);
    const values = known.map(([, , value = []]) => value);
    return times(attend(query, keys, values).heads, matrix(`${layer}.self.output`));
  });
}

function feedForward({ matrix, vector }: PlainModel, layer: string, x: Vector): Vector {
  const name = `${layer}.feedForward`;
  const inner = relu(plus(times(x, matrix(`${name}.inner`)), vector(`${name}.innerBias`)));
  return plus(times(inner, matrix(`${name}.outer`)), vector(`${name}.outerBias`));
}

// Bazzani et al. 2018, section 3.2, as in sockeye: the older blocks, the newer ones.
test.each([
  { positions: 'fixed', preprocess: '', postprocess: 'drn' },
  { positions: 'fixed', preprocess: 'n', postprocess: 'dr' },
  { positions: 'learned', preprocess: '', postprocess: 'drn' },
])('transformer, %o', (options) => {
  const isPreNorm = options.preprocess === 'n';
  const sizes = { hidden: HIDDEN, heads: HEADS, layers: LAYERS.length, feedForward: 12 };
  expectEquations({ decoder: 'sat', ...sizes, ...options, global: 'none' }, (plain) => {
    const { matrix } = plain;
    const v = plainRegions(plain);
    const alphas: Vector[][] = plain.words.map(() => []);
    /** x + f(norm(x)) or norm(x + f(x)) at each word. */
    const around = (xs: Matrix, name: string, f: (read: Matrix) => Matrix): Matrix => {
      const made = f(isPreNorm ? xs.map((x) => norm(plain, `${name}.pre`, x)) : xs);
      const sums = xs.map((x, t) => plus(x, made[t] ?? []));
      return isPreNorm ? sums : sums.map((x) => norm(plain, `${name}.post`, x));
    };
    let xs: Matrix = plain.words.map((word, t) =>
      options.positions === 'fixed'
        ? plus(scaled(word, Math.sqrt(HIDDEN)), plainSinusoid(t, HIDDEN))
        : plus(word, matrix('positions')[t] ?? []),
    );
    for (const layer of LAYERS) {
      xs = around(xs, `${layer}.self`, (read) => selfAttention(plain, layer, read));
      const keysValues = v.map((row) => parts(times(row, matrix(`${layer}.image.project`)), 2));
      const keys = keysValues.map(([key = []]) => key);
      const values = keysValues.map(([, value = []]) => value);
      xs = around(xs, `${layer}.image`, (read) =>
        read.map((x, t) => {
          const query = times(x, matrix(`${layer}.image.query`));
          const { heads, alpha } = attend(query, keys, values);
          alphas[t]?.push(alpha);
          return times(heads, matrix(`${layer}.image.output`));
        }),
      );
      xs = around(xs, `${layer}.feedForward`, (read) =>
        read.map((x) => feedForward(plain, layer, x)),
      );
    }
    // The older blocks end with a norm; the newer ones need one more.
    const last = isPreNorm ? xs.map((x) => norm(plain, 'final', x)) : xs;
    return last.map((x, t) => ({ logits: plainLogits(plain, x), alpha: meanOf(alphas[t] ?? []) }));
  });
});
