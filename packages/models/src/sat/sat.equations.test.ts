import { beforeAll, test } from 'vitest';
import {
  expectEquations,
  plainLogits,
  plainRegions,
  type PlainModel,
  type PlainStep,
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
  zeros,
  type Matrix,
  type Vector,
} from '../testing/plain-numbers.js';
import { plainSinusoid } from '../testing/plain-positions.js';
import { startTestEngine } from '../testing/test-engine.js';

const HIDDEN = 8;
const HEADS = 2;
const LAYERS = ['layers.0', 'layers.1'];

beforeAll(startTestEngine);

/** gamma (x - mean) / sqrt(variance + epsilon) + beta */
function norm({ vector }: PlainModel, name: string, x: Vector): Vector {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const centred = x.map((value) => value - mean);
  const deviation = Math.sqrt(dot(centred, centred) / x.length + 1e-6);
  return plus(
    product(scaled(centred, 1 / deviation), vector(`${name}.gamma`)),
    vector(`${name}.beta`),
  );
}

/**
 * Vaswani et al. 2017, section 3.2: each head softmax(q · k / sqrt(width of a head)) over its values.
 * Dropout, on alpha: `drop` for each head.
 */
function attend(
  query: Vector,
  keys: Matrix,
  values: Matrix,
  drop: (alpha: Vector, head: number) => Vector,
): { heads: Vector; alpha: Vector } {
  const alphas: Vector[] = [];
  const heads = parts(query, HEADS).flatMap((q, h) => {
    const of = (x: Vector): Vector => parts(x, HEADS)[h] ?? [];
    const alpha = softmax(keys.map((key) => dot(q, of(key)) / Math.sqrt(HIDDEN / HEADS)));
    alphas.push(alpha);
    return times(drop(alpha, h), values.map(of));
  });
  return { heads, alpha: meanOf(alphas) };
}

function selfAttention(plain: PlainModel, layer: string, xs: Matrix): Vector[] {
  const { matrix, dropped } = plain;
  const projected = xs.map((x) => parts(times(x, matrix(`${layer}.self.project`)), 3));
  return projected.map(([query = []], t) => {
    const known = projected.slice(0, t + 1); // no word sees those after it
    const keys = known.map(([, key = []]) => key);
    const values = known.map(([, , value = []]) => value);
    const after = zeros(xs.length - known.length);
    const drop = (alpha: Vector, head: number): Vector =>
      dropped([...alpha, ...after], `${layer}.self.alpha`, head * xs.length + t).slice(0, t + 1);
    return times(attend(query, keys, values, drop).heads, matrix(`${layer}.self.output`));
  });
}

function feedForward(plain: PlainModel, layer: string, x: Vector, t: number): Vector {
  const { matrix, vector, dropped } = plain;
  const name = `${layer}.feedForward`;
  const inner = relu(plus(times(x, matrix(`${name}.inner`)), vector(`${name}.innerBias`)));
  const kept = dropped(inner, `${name}.inner`, t);
  return plus(times(kept, matrix(`${name}.outer`)), vector(`${name}.outerBias`));
}

interface Options {
  readonly positions: 'fixed' | 'learned';
  readonly preprocess: string;
  readonly postprocess: string;
  /** Width of the regions; that of the words if absent. */
  readonly imageHidden?: number;
}

const sat = (options: object) => ({
  decoder: 'sat',
  hidden: HIDDEN,
  heads: HEADS,
  layers: LAYERS.length,
  feedForward: 12,
  global: 'none',
  ...options,
});

/** The letters of a sequence in order: n norm, r residual, d dropout. */
function applied(
  plain: PlainModel,
  sequence: string,
  xs: Matrix,
  previous: Matrix,
  name: string,
): Matrix {
  return Array.from(sequence).reduce<Matrix>(
    (ys, letter) =>
      ys.map((y, t) => {
        if (letter === 'n') return norm(plain, name, y);
        return letter === 'r' ? plus(y, previous[t] ?? []) : plain.dropped(y, name, t);
      }),
    xs,
  );
}

// Bazzani et al. 2018, section 3.2, as in sockeye.
function transformer(
  plain: PlainModel,
  { positions, preprocess, postprocess }: Options,
): PlainStep[] {
  const { matrix } = plain;
  const v = plainRegions(plain);
  const alphas: Vector[][] = plain.words.map(() => []);
  const around = (xs: Matrix, name: string, f: (read: Matrix) => Matrix): Matrix => {
    const made = f(applied(plain, preprocess, xs, [], `${name}.pre`));
    return applied(plain, postprocess, made, xs, `${name}.post`);
  };
  let xs: Matrix = plain.words.map((word, t) => {
    const placed =
      positions === 'fixed'
        ? plus(scaled(word, Math.sqrt(HIDDEN)), plainSinusoid(t, HIDDEN))
        : plus(word, matrix('positions')[t] ?? []);
    return plain.dropped(placed, 'placed', t);
  });
  for (const layer of LAYERS) {
    xs = around(xs, `${layer}.self`, (read) => selfAttention(plain, layer, read));
    const keysValues = v.map((row) => parts(times(row, matrix(`${layer}.image.project`)), 2));
    const keys = keysValues.map(([key = []]) => key);
    const values = keysValues.map(([, value = []]) => value);
    xs = around(xs, `${layer}.image`, (read) =>
      read.map((x, t) => {
        const query = times(x, matrix(`${layer}.image.query`));
        const drop = (alpha: Vector, head: number): Vector =>
          plain.dropped(alpha, `${layer}.image.alpha`, head * read.length + t);
        const { heads, alpha } = attend(query, keys, values, drop);
        alphas[t]?.push(alpha);
        return times(heads, matrix(`${layer}.image.output`));
      }),
    );
    xs = around(xs, `${layer}.feedForward`, (read) =>
      read.map((x, t) => feedForward(plain, layer, x, t)),
    );
  }
  // The older blocks end with a norm; the newer ones need one more.
  const last = applied(plain, preprocess, xs, [], 'final');
  return last.map((x, t) => ({ logits: plainLogits(plain, x), alpha: meanOf(alphas[t] ?? []) }));
}

// The older blocks, the newer ones.
const BLOCKS: readonly Options[] = [
  { positions: 'fixed', preprocess: '', postprocess: 'drn' },
  { positions: 'fixed', preprocess: 'n', postprocess: 'dr' },
  { positions: 'learned', preprocess: '', postprocess: 'drn', imageHidden: 2 * HIDDEN },
];

test.each(BLOCKS)('transformer, %o', (options) => {
  expectEquations(sat(options), (plain) => transformer(plain, options));
});

const DROPOUTS = { dropout: 0.3, attentionDropout: 0.4, activationDropout: 0.5 };

test.each([
  { positions: 'fixed', preprocess: '', postprocess: 'drn' },
  { positions: 'learned', preprocess: 'nd', postprocess: 'r' },
  { positions: 'learned', preprocess: 'd', postprocess: 'nrd' },
] as const)('dropout on words, at each d, on alpha and inside the network, %o', (options) => {
  const model = sat({ ...options, ...DROPOUTS });
  expectEquations(model, (plain) => transformer(plain, options), 'training');
});
