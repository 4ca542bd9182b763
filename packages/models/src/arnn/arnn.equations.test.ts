import { beforeAll, test } from 'vitest';
import {
  expectEquations,
  plainGlobal,
  plainLogits,
  plainLstm,
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
  sigmoid,
  softmax,
  tanh,
  times,
  zeros,
  type Matrix,
  type Vector,
} from '../testing/plain-numbers.js';
import { startTestEngine } from '../testing/test-engine.js';

const HIDDEN = 8;
const HEADS = 2;
const COVERAGE = 2;

beforeAll(startTestEngine);

const model = (attention: object, global: string) => ({
  decoder: 'arnn',
  hidden: HIDDEN,
  embed: 10,
  attention,
  global,
});

type Look = (h: Vector) => { context: Vector; alpha: Vector };

/**
 * Bazzani et al. 2018, section 3.1: x_t = [e; v_last; hbar_{t-1}], hbar_t = tanh(W [h_t; c_t] + b).
 * `v`: the regions, the global one last where there is one.
 */
function attentionalRnn(plain: PlainModel, v: Matrix, look: Look): PlainStep[] {
  const { matrix, vector, words } = plain;
  let hbar = zeros(HIDDEN);
  let state = { h: zeros(HIDDEN), c: zeros(HIDDEN) };
  return words.map((word) => {
    state = plainLstm(plain, 'lstm', [...word, ...(v.at(-1) ?? []), ...hbar], state);
    const { context, alpha } = look(state.h);
    const read = times([...state.h, ...context], matrix('hidden.weight'));
    hbar = tanh(plus(read, vector('hidden.bias')));
    return { logits: plainLogits(plain, hbar), alpha };
  });
}

test('multi-head attention: every head divides by the root of its width, then they stand side by side', () => {
  expectEquations(model({ kind: 'multihead', heads: HEADS }, 'code'), (plain) => {
    const v = [...plainRegions(plain), plainGlobal(plain, 'code')];
    const linear = (x: Vector, name: string): Vector =>
      plus(times(x, plain.matrix(`attention.${name}`)), plain.vector(`attention.${name}Bias`));
    const keysValues = v.map((region) => parts(linear(region, 'keysValues'), 2));
    return attentionalRnn(plain, v, (h) => {
      const alphas: Vector[] = [];
      const context = parts(linear(h, 'query'), HEADS).flatMap((query, head) => {
        const of = (x: Vector = []): Vector => parts(x, HEADS)[head] ?? [];
        const scores = keysValues.map(([key]) => dot(query, of(key)) / Math.sqrt(HIDDEN / HEADS));
        const alpha = softmax(scores);
        alphas.push(alpha);
        return times(
          alpha,
          keysValues.map(([, value]) => of(value)),
        );
      });
      return { context, alpha: meanOf(alphas) };
    });
  });
});

/** Gates r, z, n: n = tanh(W x + b + r (U h + b')), h = (1 - z) n + z h'. */
function gru(input: Vector, recurrent: Vector, before: Vector): Vector {
  const [xr = [], xz = [], xn = []] = parts(input, 3);
  const [hr = [], hz = [], hn = []] = parts(recurrent, 3);
  const r = sigmoid(plus(xr, hr));
  const z = sigmoid(plus(xz, hz));
  const n = tanh(plus(xn, product(r, hn)));
  const keep = z.map((x) => 1 - x);
  return plus(product(keep, n), product(z, before));
}

// Tu et al. 2016, section 4.1: the memory of a region reads the region, the query and its weight.
test('coverage by a GRU: the memory is the state, the rest the input', () => {
  const attention = { kind: 'coverage', coverage: 'gru', coverageWidth: COVERAGE };
  expectEquations(model(attention, 'none'), (plain) => {
    const { matrix, vector } = plain;
    const v = plainRegions(plain);
    const w = matrix('attention.score').flat();
    let coverage: Matrix = v.map(() => zeros(COVERAGE));
    return attentionalRnn(plain, v, (h) => {
      const scores = v.map((region, k) => {
        const seen = times(coverage[k] ?? [], matrix('attention.coverage'));
        const key = times(region, matrix('attention.regions'));
        return dot(w, tanh(plus(key, times(h, matrix('attention.query')), seen)));
      });
      const alpha = softmax(scores);
      coverage = v.map((region, k) => {
        const before = coverage[k] ?? [];
        const input = plus(
          times(region, matrix('coverage.regions')),
          times(h, matrix('coverage.query')),
          times([alpha[k] ?? Number.NaN], matrix('coverage.alpha')),
          vector('coverage.inputBias'),
        );
        const recurrent = plus(
          times(before, matrix('coverage.recurrent')),
          vector('coverage.recurrentBias'),
        );
        return gru(input, recurrent, before);
      });
      return { context: times(alpha, v), alpha };
    });
  });
});
