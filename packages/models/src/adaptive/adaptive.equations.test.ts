import { beforeAll, test } from 'vitest';
import {
  expectEquations,
  plainGlobal,
  plainLogits,
  plainLstm,
  plainRegions,
} from '../testing/expect-equations.js';
import {
  dot,
  plus,
  product,
  scaled,
  sigmoid,
  softmax,
  tanh,
  times,
  zeros,
} from '../testing/plain-numbers.js';
import { startTestEngine } from '../testing/test-engine.js';

const HIDDEN = 8;

beforeAll(startTestEngine);

// Lu et al. 2017, eq. 6-13; without the sentinel the "Spatial" model.
test.each([true, false])('adaptive attention, sentinel %s', (sentinel) => {
  const model = { decoder: 'adaptive', hidden: HIDDEN, embed: 10, attentionHidden: 9, sentinel };
  expectEquations({ ...model, global: 'paper' }, (plain) => {
    const { matrix, words } = plain;
    const v = plainRegions(plain);
    const global = plainGlobal(plain, 'paper');
    const w = matrix('attention.score').flat();
    let state = { h: zeros(HIDDEN), c: zeros(HIDDEN) };
    return words.map((word) => {
      const x = [...word, ...global];
      const before = state.h;
      state = plainLstm(plain, 'lstm', x, state);
      const asked = times(state.h, matrix('attention.query'));
      const z = v.map((region) =>
        dot(w, tanh(plus(times(region, matrix('attention.regions')), asked))),
      );
      const alpha = softmax(z);
      const context = times(alpha, v);
      if (!sentinel) return { logits: plainLogits(plain, plus(context, state.h)), alpha };
      const gate = sigmoid(
        plus(times(x, matrix('sentinel.input')), times(before, matrix('sentinel.recurrent'))),
      );
      const s = product(gate, tanh(state.c));
      const zs = dot(w, tanh(plus(times(s, matrix('sentinel.key')), asked)));
      const withSentinel = softmax([...z, zs]);
      const beta = withSentinel.at(-1) ?? Number.NaN;
      const mixed = plus(scaled(s, beta), scaled(context, 1 - beta));
      return { logits: plainLogits(plain, plus(mixed, state.h)), alpha: withSentinel };
    });
  });
});
