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
  sigmoid,
  softmax,
  tanh,
  times,
  zeros,
  type Matrix,
  type Vector,
} from '../testing/plain-numbers.js';
import { plainSinusoid } from '../testing/plain-positions.js';
import { withUnitColumns, withUnitRows } from '../testing/plain-weight-norm.js';
import { startTestEngine } from '../testing/test-engine.js';

const HIDDEN = 8;
const EMBED = 10;
const KERNEL = 2;
const LAYERS = ['layers.0', 'layers.1'];

beforeAll(startTestEngine);

/** What the filters give to the units of a block. */
type Activate = (filtered: Vector) => Vector;

const ACTIVATIONS = {
  glu: (filtered) => {
    const [values = [], gates = []] = parts(filtered, 2);
    return product(values, sigmoid(gates));
  },
  relu,
  sigmoid,
  tanh,
  softrelu: (filtered) => filtered.map((x) => Math.log(1 + Math.exp(x))),
} as const satisfies Record<string, Activate>;

/** Of a convolution of this word and the ones before, zeros before the first. */
function convolve(
  { matrix, vector, dropped }: PlainModel,
  layer: string,
  xs: Matrix,
  activate: Activate,
): Vector[] {
  const read = xs.map((x, t) => dropped(x, layer, t));
  return read.map((x, t) => {
    const window = [...(read[t - 1] ?? zeros(HIDDEN)), ...x];
    const filters = matrix(`${layer}.convolution.weight`).map((row) => dot(row, window));
    return activate(plus(filters, vector(`${layer}.convolution.bias`)));
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

interface Options {
  readonly positions: 'fixed' | 'learned';
  readonly projectQkv: boolean;
  readonly activation: keyof typeof ACTIVATIONS;
}
const PAPER: Options = { positions: 'learned', projectQkv: false, activation: 'glu' };

const fcn = (options: object) => ({
  decoder: 'fcn',
  hidden: HIDDEN,
  embed: EMBED,
  kernel: KERNEL,
  layers: LAYERS.length,
  global: 'none',
  ...options,
});

// Bazzani et al. 2018, section 3.3, as in sockeye: x_{l+1} = x_l + u + attention(u).
function convolutional(
  plain: PlainModel,
  { positions, projectQkv, activation }: Options,
): PlainStep[] {
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
    const us = convolve(plain, layer, xs, ACTIVATIONS[activation]);
    xs = us.map((u, t) => {
      const { alpha, context } = projectQkv
        ? projectedAttention(plain, layer, u, v)
        : dotAttention(u, v);
      alphas[t]?.push(alpha);
      return plus(xs[t] ?? [], u, context);
    });
  }
  return xs.map((x, t) => ({ logits: plainLogits(plain, x), alpha: meanOf(alphas[t] ?? []) }));
}

test.each([
  PAPER,
  { ...PAPER, positions: 'fixed' },
  { ...PAPER, projectQkv: true },
  { ...PAPER, activation: 'relu' },
  { ...PAPER, activation: 'sigmoid' },
  { ...PAPER, activation: 'tanh' },
  { ...PAPER, activation: 'softrelu' },
] as const)('convolutions and attention, %o', (options) => {
  expectEquations(fcn(options), (plain) => convolutional(plain, options));
});

test('dropout is on what each convolution reads, not on what is added to it', () => {
  const model = fcn({ ...PAPER, dropout: 0.4 });
  expectEquations(model, (plain) => convolutional(plain, PAPER), 'training');
});

test.each([true, 'all'])('weight norm %s: the filters of a kernel are its rows', (weightNorm) => {
  const options = { ...PAPER, projectQkv: true };
  expectEquations(fcn({ ...options, weightNorm }), (plain) => {
    const kernels = LAYERS.map((layer) => `${layer}.convolution.weight`);
    const rows = withUnitRows(plain, ['output.weight', ...kernels]);
    const projections = LAYERS.flatMap((layer) => [
      `${layer}.attention.query`,
      `${layer}.attention.regions`,
    ]);
    const columns = ['image.projection', 'input.weight', ...projections];
    return convolutional(weightNorm === 'all' ? withUnitColumns(rows, columns) : rows, options);
  });
});
