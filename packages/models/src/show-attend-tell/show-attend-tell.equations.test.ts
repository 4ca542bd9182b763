import { beforeAll, test } from 'vitest';
import {
  expectEquations,
  plainLogits,
  plainLstm,
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

// Xu et al. 2015, sections 3.1 and 4.2, as in arctic-captions.
test.each([
  { betaGate: 'scalar', deepOutput: true },
  { betaGate: 'vector', deepOutput: true },
  { betaGate: 'none', deepOutput: true },
  { betaGate: 'scalar', deepOutput: false },
])('soft attention, gate %o', (options) => {
  const model = { decoder: 'show-attend-tell', hidden: 8, embed: 10, attentionHidden: 9 };
  expectEquations({ ...model, ...options }, (plain) => {
    const { matrix, regions: a, words } = plain;
    const inner = relu(linear(plain, 'start.hidden', meanOf(a)));
    let state = {
      h: tanh(linear(plain, 'start.h', inner)),
      c: tanh(linear(plain, 'start.c', inner)),
    };
    return words.map((embedded, t) => {
      const word = t === 0 ? zeros(embedded.length) : embedded;
      const before = state.h;
      const asked = times(before, matrix('attention.query'));
      const u = matrix('attention.score').flat();
      const alpha = softmax(
        a.map((region) => dot(u, tanh(plus(linear(plain, 'attention.regions', region), asked)))),
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
