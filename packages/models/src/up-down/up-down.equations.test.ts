import { beforeAll, test } from 'vitest';
import { expectEquations, plainLogits, plainLstm } from '../testing/expect-equations.js';
import { dot, meanOf, plus, softmax, tanh, times, zeros } from '../testing/plain-numbers.js';
import { startTestEngine } from '../testing/test-engine.js';

const HIDDEN = 8;

beforeAll(startTestEngine);

// Anderson et al. 2018, eq. 1-7; the weights take the parts of x1 as [E y; v_mean; h2].
test('one LSTM attends, the other writes', () => {
  const model = { decoder: 'up-down', hidden: HIDDEN, embed: 10, attentionHidden: 9 };
  expectEquations(model, (plain) => {
    const { matrix, regions: v, words } = plain;
    const w = matrix('attention.score').flat();
    let first = { h: zeros(HIDDEN), c: zeros(HIDDEN) };
    let second = first;
    return words.map((word) => {
      first = plainLstm(plain, 'attentionLstm', [...word, ...meanOf(v), ...second.h], first);
      const asked = times(first.h, matrix('attention.query'));
      const alpha = softmax(
        v.map((region) => dot(w, tanh(plus(times(region, matrix('attention.regions')), asked)))),
      );
      const attended = times(alpha, v);
      second = plainLstm(plain, 'languageLstm', [...attended, ...first.h], second);
      return { logits: plainLogits(plain, second.h), alpha };
    });
  });
});
