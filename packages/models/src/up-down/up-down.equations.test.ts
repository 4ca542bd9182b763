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
  plus,
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

const upDown = (options: object) => ({
  decoder: 'up-down',
  hidden: HIDDEN,
  embed: 10,
  attentionHidden: 9,
  ...options,
});

/**
 * Anderson et al. 2018, eq. 1-7; the weights take the parts of x1 as [E y; v_mean; h2].
 *
 * @param v what attention sees
 * @param descriptor v_mean, or nothing
 */
function bottomUpTopDown(plain: PlainModel, v: Matrix, descriptor: Vector): PlainStep[] {
  const { matrix, words } = plain;
  const w = matrix('attention.score').flat();
  let first = { h: zeros(HIDDEN), c: zeros(HIDDEN) };
  let second = first;
  return words.map((word, t) => {
    first = plainLstm(plain, 'attentionLstm', [...word, ...descriptor, ...second.h], first);
    const asked = times(first.h, matrix('attention.query'));
    const alpha = softmax(
      v.map((region) => dot(w, tanh(plus(times(region, matrix('attention.regions')), asked)))),
    );
    const attended = times(alpha, v);
    second = plainLstm(plain, 'languageLstm', [...attended, ...first.h], second);
    return { logits: plainLogits(plain, plain.dropped(second.h, 'dropout', t)), alpha };
  });
}

test('one LSTM attends, the other writes', () => {
  expectEquations(upDown({}), (plain) =>
    bottomUpTopDown(plain, plain.regions, meanOf(plain.regions)),
  );
});

test('the mean of the raw regions is one of them where it is in memory', () => {
  expectEquations(upDown({ globalInMemory: true }), ({ regions, ...plain }) => {
    const mean = meanOf(regions);
    return bottomUpTopDown({ regions, ...plain }, [...regions, mean], mean);
  });
});

test('without a global descriptor the first LSTM reads words and h2', () => {
  expectEquations(upDown({ global: 'none' }), (plain) => bottomUpTopDown(plain, plain.regions, []));
});

test('dropout on raw regions is on h2 before the output alone', () => {
  expectEquations(
    upDown({ dropout: 0.4 }),
    (plain) => bottomUpTopDown(plain, plain.regions, meanOf(plain.regions)),
    'training',
  );
});

test.each([
  ['validation', 'paper', false],
  ['validation', 'code', true],
  ['training', 'paper', false],
  ['training', 'code', true],
] as const)(
  'projected regions in %s, global %s, in memory %s: all that is projected is dropped',
  (pass, kind, globalInMemory) => {
    const model = upDown({ projectsRegions: true, global: kind, globalInMemory, dropout: 0.4 });
    expectEquations(
      model,
      (plain) => {
        const global = plainGlobal(plain, kind);
        const rows = globalInMemory ? [...plainRegions(plain), global] : plainRegions(plain);
        const v = rows.map((row, k) => plain.dropped(row, 'regionDropout', k));
        return bottomUpTopDown(plain, v, plain.dropped(global, 'globalDropout', 0));
      },
      pass,
    );
  },
);
