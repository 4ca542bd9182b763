import { beforeAll, expect, test } from 'vitest';
import {
  expectEquations,
  plainGlobal,
  plainLogits,
  plainLstm,
  plainRegions,
  type PlainLstm,
  type PlainModel,
  type PlainStep,
} from '../testing/expect-equations.js';
import {
  dot,
  meanOf,
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
import { startTestEngine } from '../testing/test-engine.js';

beforeAll(startTestEngine);

function linear({ matrix, vector }: PlainModel, name: string, x: Vector): Vector {
  return plus(times(x, matrix(name)), vector(`${name}Bias`));
}

interface Options {
  readonly startState: 'mlp' | 'tanh' | 'linear';
  readonly scoreActivation: 'tanh' | 'relu';
  readonly betaGate: 'none' | 'scalar' | 'vector';
  readonly firstWord: 'zeros' | 'begin';
  readonly deepOutput: boolean;
}

const ARCTIC: Options = {
  startState: 'mlp',
  scoreActivation: 'tanh',
  betaGate: 'scalar',
  firstWord: 'zeros',
  deepOutput: true,
};
const PORT: Options = {
  startState: 'linear',
  scoreActivation: 'relu',
  betaGate: 'vector',
  firstWord: 'begin',
  deepOutput: false,
};

/** h_0 and c_0 from the mean region. */
function startState(plain: PlainModel, kind: Options['startState'], a: Matrix): PlainLstm {
  const mean = meanOf(a);
  const read =
    kind === 'mlp'
      ? plain.dropped(relu(linear(plain, 'start.hidden', mean)), 'startDropout', 0)
      : mean;
  const [h, c] = [linear(plain, 'start.h', read), linear(plain, 'start.c', read)];
  return kind === 'linear' ? { h, c } : { h: tanh(h), c: tanh(c) };
}

/**
 * Xu et al. 2015, sections 3.1 and 4.2: as in the authors' code, with changes, as in a known port.
 *
 * @param a what attention sees
 * @param choose weights of the regions from their softmax at step t: itself, or one drawn region
 */
function attendAndTell(
  plain: PlainModel,
  options: Options,
  a: Matrix,
  choose: (alpha: Vector, t: number) => Vector = (alpha) => alpha,
  inverseTemperature = 1,
): PlainStep[] {
  const { matrix, words, dropped } = plain;
  let state = startState(plain, options.startState, a);
  const activate = options.scoreActivation === 'tanh' ? tanh : relu;
  return words.map((embedded, t) => {
    const word = t === 0 && options.firstWord === 'zeros' ? zeros(embedded.length) : embedded;
    const before = state.h;
    const asked = times(before, matrix('attention.query'));
    const u = matrix('attention.score').flat();
    const scores = a.map((region) =>
      dot(u, activate(plus(linear(plain, 'attention.regions', region), asked))),
    );
    const alpha = softmax(scaled(scores, inverseTemperature));
    const seen = times(choose(alpha, t), a);
    const beta = options.betaGate === 'none' ? [1] : sigmoid(linear(plain, 'gate', before));
    // The scalar gate is one number for all channels.
    const context = product(
      seen,
      seen.map((_, i) => beta[i % beta.length] ?? Number.NaN),
    );
    state = plainLstm(plain, 'lstm', [...word, ...context], state);
    const told = dropped(state.h, 'stateDropout', t);
    const read = options.deepOutput
      ? dropped(
          tanh(
            plus(
              linear(plain, 'readout.state', told),
              word,
              times(context, matrix('readout.context')),
            ),
          ),
          'readoutDropout',
          t,
        )
      : told;
    return { logits: plainLogits(plain, read), alpha };
  });
}

const showAttendTell = (options: object) => ({
  decoder: 'show-attend-tell',
  hidden: 8,
  embed: 10,
  attentionHidden: 9,
  ...options,
});

test.each([
  ARCTIC,
  { ...ARCTIC, betaGate: 'vector', startState: 'tanh' },
  { ...ARCTIC, betaGate: 'none' },
  PORT,
] as const)('soft attention, %o', (options) => {
  expectEquations(showAttendTell(options), (plain) => attendAndTell(plain, options, plain.regions));
});

test.each([ARCTIC, PORT])(
  'dropout in the start, on the state before the output and on the deep output, %o',
  (options) => {
    expectEquations(
      showAttendTell({ ...options, dropout: 0.4 }),
      (plain) => attendAndTell(plain, options, plain.regions),
      'training',
    );
  },
);

test.each(['paper', 'code'] as const)(
  'projected regions with the global descriptor of the %s among them, in the start too',
  (global) => {
    const options = { ...ARCTIC, betaGate: 'vector' } as const;
    expectEquations(showAttendTell({ ...options, projectsRegions: true, global }), (plain) =>
      attendAndTell(plain, options, [...plainRegions(plain), plainGlobal(plain, global)]),
    );
  },
);

test('projected regions alone', () => {
  expectEquations(showAttendTell({ ...ARCTIC, projectsRegions: true }), (plain) =>
    attendAndTell(plain, ARCTIC, plainRegions(plain)),
  );
});

test('hard attention takes the region at which the sum of alpha passes a uniform number', () => {
  const hard = { sampledShare: 1, inverseTemperature: 0.5 };
  const model = showAttendTell({ ...ARCTIC, dropout: 0.4, locations: 'hard', hard });
  expectEquations(
    model,
    (plain) => {
      const [[coin = Number.NaN] = []] = plain.noise('coin');
      expect(coin).toBeLessThan(hard.sampledShare);
      const draw = (alpha: Vector, t: number): Vector => {
        const number = plain.noise('location').flat()[t] ?? Number.NaN;
        const reached = alpha.map((_, k) => alpha.slice(0, k + 1).reduce((x, y) => x + y, 0));
        const drawn = reached.findIndex((sum) => sum > number);
        return alpha.map((_, k) => (k === drawn ? 1 : 0));
      };
      return attendAndTell(plain, ARCTIC, plain.regions, draw, hard.inverseTemperature);
    },
    'training',
  );
});
