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
  plus,
  product,
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

const HIDDEN = 8;

beforeAll(startTestEngine);

const adaptive = (options: object) => ({
  decoder: 'adaptive',
  hidden: HIDDEN,
  embed: 10,
  attentionHidden: 9,
  ...options,
});

/**
 * Lu et al. 2017, eq. 6-13; without the sentinel the "Spatial" model. `v`: what attention sees; `global`:
 * v_g in x_t = [w_t; v_g], or nothing.
 */
function adaptiveAttention(
  plain: PlainModel,
  sentinel: boolean,
  v: Matrix,
  global: Vector,
): PlainStep[] {
  const { matrix, words, dropped } = plain;
  const w = matrix('attention.score').flat();
  let state = { h: zeros(HIDDEN), c: zeros(HIDDEN) };
  return words.map((word, t) => {
    const x = [...word, ...global];
    const before = state.h;
    state = plainLstm(plain, 'lstm', x, state);
    const asked = times(state.h, matrix('attention.query'));
    const z = v.map((region) =>
      dot(w, tanh(plus(times(region, matrix('attention.regions')), asked))),
    );
    const alpha = softmax(z);
    const context = times(alpha, v);
    const write = (seen: Vector): Vector =>
      plainLogits(plain, dropped(plus(seen, state.h), 'dropout', t));
    if (!sentinel) return { logits: write(context), alpha };
    const gate = sigmoid(
      plus(times(x, matrix('sentinel.input')), times(before, matrix('sentinel.recurrent'))),
    );
    const s = product(gate, tanh(state.c));
    const zs = dot(w, tanh(plus(times(s, matrix('sentinel.key')), asked)));
    const withSentinel = softmax([...z, zs]);
    const beta = withSentinel.at(-1) ?? Number.NaN;
    const mixed = plus(scaled(s, beta), scaled(context, 1 - beta));
    return { logits: write(mixed), alpha: withSentinel };
  });
}

test.each([true, false])('adaptive attention, sentinel %s', (sentinel) => {
  expectEquations(adaptive({ sentinel }), (plain) =>
    adaptiveAttention(plain, sentinel, plainRegions(plain), plainGlobal(plain, 'paper')),
  );
});

test.each(['paper', 'code'] as const)(
  'the global descriptor of the %s stands between the regions and the sentinel where it is in memory',
  (kind) => {
    expectEquations(adaptive({ global: kind, globalInMemory: true }), (plain) => {
      const global = plainGlobal(plain, kind);
      return adaptiveAttention(plain, true, [...plainRegions(plain), global], global);
    });
  },
);

test('without a global descriptor the input is the word', () => {
  expectEquations(adaptive({ global: 'none' }), (plain) =>
    adaptiveAttention(plain, true, plainRegions(plain), []),
  );
});

test.each([true, false])('dropout is on the sum of context and state, sentinel %s', (sentinel) => {
  expectEquations(
    adaptive({ sentinel, dropout: 0.4 }),
    (plain) => adaptiveAttention(plain, sentinel, plainRegions(plain), plainGlobal(plain, 'paper')),
    'training',
  );
});
