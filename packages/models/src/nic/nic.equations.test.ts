import { beforeAll, test } from 'vitest';
import { expectEquations, plainLogits, plainLstm } from '../testing/expect-equations.js';
import { meanOf, plus, times, zeros } from '../testing/plain-numbers.js';
import { startTestEngine } from '../testing/test-engine.js';

const HIDDEN = 8;

beforeAll(startTestEngine);

// Vinyals et al. 2015, eq. 10-12.
test('the mean region is the first input, its output is not read, then come the words', () => {
  expectEquations({ decoder: 'nic', hidden: HIDDEN, embed: 10, layers: 2 }, (plain) => {
    const { matrix, vector, words, regions } = plain;
    const image = plus(times(meanOf(regions), matrix('head.weight')), vector('head.bias'));
    let lower = { h: zeros(HIDDEN), c: zeros(HIDDEN) };
    let upper = lower;
    const states = [image, ...words].map((x) => {
      lower = plainLstm(plain, 'lstm1', x, lower);
      upper = plainLstm(plain, 'lstm2', lower.h, upper);
      return upper.h;
    });
    return states.slice(1).map((h) => ({ logits: plainLogits(plain, h), alpha: null }));
  });
});
