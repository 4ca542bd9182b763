import { beforeAll, test } from 'vitest';
import {
  expectEquations,
  plainLogits,
  plainRegions,
  type PlainModel,
  type PlainStep,
} from '../testing/expect-equations.js';
import { dot, meanOf, plus, softmax, tanh, times, zeros } from '../testing/plain-numbers.js';
import type { Vector } from '../testing/plain-numbers.js';
import { unitRows, withUnitColumns, withUnitRows } from '../testing/plain-weight-norm.js';
import { startTestEngine } from '../testing/test-engine.js';

const HIDDEN = 8;

beforeAll(startTestEngine);

const model = (attention: object, options: object = {}) => ({
  decoder: 'tanh-rnn',
  hidden: HIDDEN,
  embed: 10,
  attention,
  ...options,
});

/** h_{t+1} = tanh(W_h h_t + W_s S_t) and L_h h_t + L_I I; `look` gives I. Dropout: on the h of L_h. */
function outputSum(
  plain: PlainModel,
  look: (h: Vector) => { image: Vector; alpha: Vector | null },
): PlainStep[] {
  const { matrix, words } = plain;
  let h = zeros(HIDDEN);
  return words.map((word, t) => {
    h = tanh(plus(times(word, matrix('rnn.input')), times(h, matrix('rnn.recurrent'))));
    const { image, alpha } = look(h);
    const term = matrix('imageOutput.weight').map((row) => dot(row, image));
    return { logits: plus(plainLogits(plain, plain.dropped(h, 'dropout', t)), term), alpha };
  });
}

const meanRegion = (plain: PlainModel): PlainStep[] =>
  outputSum(plain, () => ({ image: meanOf(plain.regions), alpha: null }));

/** Scores v_k · h over `divisor`. */
const dotAttention = (plain: PlainModel, divisor: number): PlainStep[] =>
  outputSum(plain, (h) => {
    const v = plainRegions(plain);
    const alpha = softmax(v.map((region) => dot(region, h) / divisor));
    return { image: times(alpha, v), alpha };
  });

test('without attention the output sum has the mean of the raw regions', () => {
  expectEquations(model({ kind: 'none' }), meanRegion);
});

test.each([
  [false, 1],
  [true, Math.sqrt(HIDDEN)],
])('dot, isScaled %s: scores v_k · h over %f', (isScaled, divisor) => {
  expectEquations(model({ kind: 'dot', isScaled }), (plain) => dotAttention(plain, divisor));
});

test('dropout is on the state before its output matrix; attention reads all of it', () => {
  const dropout = 0.4;
  expectEquations(model({ kind: 'none' }, { dropout }), meanRegion, 'training');
  const attending = model({ kind: 'dot' }, { dropout });
  expectEquations(attending, (plain) => dotAttention(plain, 1), 'training');
});

const OUTPUTS = ['output.weight', 'imageOutput.weight'];

test.each([{ kind: 'none' }, { kind: 'dot' }])(
  'with weight norm every word is a unit of both output matrices, %o',
  (attention) => {
    expectEquations(model(attention, { weightNorm: true }), (plain) => {
      const normalised = withUnitRows(plain, OUTPUTS);
      return attention.kind === 'none' ? meanRegion(normalised) : dotAttention(normalised, 1);
    });
  },
);

test('with weight norm of all matrices, units are the columns of the others', () => {
  expectEquations(model({ kind: 'dot' }, { weightNorm: 'all' }), (plain) => {
    const others = ['image.projection', 'rnn.input', 'rnn.recurrent'];
    return dotAttention(withUnitColumns(withUnitRows(plain, OUTPUTS), others), 1);
  });
});

test.each([false, true])(
  'the tied output is the embedding, normalised there alone; weight norm %s',
  (weightNorm) => {
    const tied = { embed: HIDDEN, tieEmbedding: true, weightNorm };
    expectEquations(model({ kind: 'none' }, tied), (plain) => {
      const embedding = plain.matrix('embedding');
      const output = weightNorm ? unitRows(embedding, plain.vector('output.scale')) : embedding;
      const others = weightNorm ? withUnitRows(plain, ['imageOutput.weight']) : plain;
      return meanRegion({
        ...others,
        matrix: (name) => (name === 'output.weight' ? output : others.matrix(name)),
      });
    });
  },
);

/** The region at which the sum of the shares passes the number. */
function drawnAt(shares: Vector, number: number): number {
  const sums = shares.map((_, k) => shares.slice(0, k + 1).reduce((a, b) => a + b, 0));
  return sums.findIndex((sum) => sum > number);
}

// Xu et al. 2015, section 4.1: s_t is drawn from alpha_t, and the image term is that region.
test.each([
  ['training', 1],
  ['training', 0],
  ['validation', 1],
] as const)('hard attention in %s, sampled share %i', (pass, sampledShare) => {
  const hard = { sampledShare, inverseTemperature: 2, atTest: 'argmax' };
  const equations = (plain: PlainModel): PlainStep[] => {
    const v = plainRegions(plain);
    let t = 0;
    return outputSum(plain, (h) => {
      const alpha = softmax(v.map((region) => 2 * dot(region, h)));
      let location = alpha.indexOf(Math.max(...alpha));
      if (pass === 'training') {
        plain.noise('coin');
        location = drawnAt(alpha, plain.noise('location')[t]?.[0] ?? Number.NaN);
      }
      t += 1;
      const isDrawn = pass === 'validation' || sampledShare === 1;
      return { image: isDrawn ? (v[location] ?? []) : times(alpha, v), alpha };
    });
  };
  expectEquations(
    model({ kind: 'dot' }, { locations: 'hard', hard, dropout: 0.4 }),
    equations,
    pass,
  );
});
