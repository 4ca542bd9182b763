import { beforeAll, test } from 'vitest';
import {
  expectEquations,
  plainLogits,
  plainLstm,
  type PlainLstm,
  type PlainModel,
} from '../testing/expect-equations.js';
import {
  dot,
  meanOf,
  plus,
  product,
  relu,
  sigmoid,
  softmax,
  tanh,
  times,
  zeros,
  type Vector,
} from '../testing/plain-numbers.js';
import { startTestEngine } from '../testing/test-engine.js';

beforeAll(startTestEngine);

function linear({ matrix, vector }: PlainModel, name: string, x: Vector): Vector {
  return plus(times(x, matrix(name)), vector(`${name}Bias`));
}

/** h_0 and c_0 from the mean region. */
function startState(plain: PlainModel, kind: 'mlp' | 'tanh' | 'linear'): PlainLstm {
  const mean = meanOf(plain.regions);
  const read = kind === 'mlp' ? relu(linear(plain, 'start.hidden', mean)) : mean;
  const [h, c] = [linear(plain, 'start.h', read), linear(plain, 'start.c', read)];
  return kind === 'linear' ? { h, c } : { h: tanh(h), c: tanh(c) };
}

const ARCTIC = {
  startState: 'mlp',
  scoreActivation: 'tanh',
  betaGate: 'scalar',
  firstWord: 'zeros',
  deepOutput: true,
} as const;

// Xu et al. 2015, sections 3.1 and 4.2: as in the authors' code, with changes, as in a known port.
test.each([
  ARCTIC,
  { ...ARCTIC, betaGate: 'vector', startState: 'tanh' },
  { ...ARCTIC, betaGate: 'none' },
  {
    startState: 'linear',
    scoreActivation: 'relu',
    betaGate: 'vector',
    firstWord: 'begin',
    deepOutput: false,
  },
] as const)('soft attention, %o', (options) => {
  const model = { decoder: 'show-attend-tell', hidden: 8, embed: 10, attentionHidden: 9 };
  expectEquations({ ...model, ...options }, (plain) => {
    const { matrix, regions: a, words } = plain;
    let state = startState(plain, options.startState);
    const activate = options.scoreActivation === 'tanh' ? tanh : relu;
    return words.map((embedded, t) => {
      const word = t === 0 && options.firstWord === 'zeros' ? zeros(embedded.length) : embedded;
      const before = state.h;
      const asked = times(before, matrix('attention.query'));
      const u = matrix('attention.score').flat();
      const alpha = softmax(
        a.map((region) =>
          dot(u, activate(plus(linear(plain, 'attention.regions', region), asked))),
        ),
      );
      const seen = times(alpha, a);
      const beta = options.betaGate === 'none' ? [1] : sigmoid(linear(plain, 'gate', before));
      // The scalar gate is one number for all channels.
      const context = product(
        seen,
        seen.map((_, i) => beta[i % beta.length] ?? Number.NaN),
      );
      state = plainLstm(plain, 'lstm', [...word, ...context], state);
      const read = options.deepOutput
        ? tanh(
            plus(
              linear(plain, 'readout.state', state.h),
              word,
              times(context, matrix('readout.context')),
            ),
          )
        : state.h;
      return { logits: plainLogits(plain, read), alpha };
    });
  });
});
