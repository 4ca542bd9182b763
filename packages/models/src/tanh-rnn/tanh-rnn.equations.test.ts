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
import { startTestEngine } from '../testing/test-engine.js';

const HIDDEN = 8;

beforeAll(startTestEngine);

const model = (attention: object) => ({
  decoder: 'tanh-rnn',
  hidden: HIDDEN,
  embed: 10,
  attention,
});

/** h_{t+1} = tanh(W_h h_t + W_s S_t) and L_h h_t + L_I I; `look` gives I. */
function outputSum(
  plain: PlainModel,
  look: (h: Vector) => { image: Vector; alpha: Vector | null },
): PlainStep[] {
  const { matrix, words } = plain;
  let h = zeros(HIDDEN);
  return words.map((word) => {
    h = tanh(plus(times(word, matrix('rnn.input')), times(h, matrix('rnn.recurrent'))));
    const { image, alpha } = look(h);
    const term = matrix('imageOutput.weight').map((row) => dot(row, image));
    return { logits: plus(plainLogits(plain, h), term), alpha };
  });
}

test('without attention the output sum has the mean of the raw regions', () => {
  expectEquations(model({ kind: 'none' }), (plain) =>
    outputSum(plain, () => ({ image: meanOf(plain.regions), alpha: null })),
  );
});

test.each([
  [false, 1],
  [true, Math.sqrt(HIDDEN)],
])('dot, isScaled %s: scores v_k · h over %f', (isScaled, divisor) => {
  expectEquations(model({ kind: 'dot', isScaled }), (plain) =>
    outputSum(plain, (h) => {
      const v = plainRegions(plain);
      const alpha = softmax(v.map((region) => dot(region, h) / divisor));
      return { image: times(alpha, v), alpha };
    }),
  );
});
