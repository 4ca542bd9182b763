import { beforeAll, describe, test } from 'vitest';
import {
  expectEquations,
  plainGlobal,
  plainLstm,
  plainRegions,
  type PlainLstm,
  type PlainModel,
} from '../testing/expect-equations.js';
import { HIDDEN, arnn, plainArnn, plainMixed, plainMlp } from '../testing/plain-arnn.js';
import {
  parts,
  plus,
  product,
  sigmoid,
  tanh,
  times,
  type Matrix,
  type Vector,
} from '../testing/plain-numbers.js';
import { startTestEngine } from '../testing/test-engine.js';

beforeAll(startTestEngine);

const DROPOUT = 0.4;
const attention = { kind: 'mlp' };
/** Of a region, wider than the state. */
const IMAGE_HIDDEN = 11;

function regionsWithGlobal(plain: PlainModel): { v: Matrix; global: Vector } {
  const global = plainGlobal(plain, 'code');
  return { v: [...plainRegions(plain), global], global };
}

test('dropout before hbar is on state and context, new at each word', () => {
  expectEquations(
    arnn({ attention, dropout: DROPOUT }),
    (plain) => {
      const { v, global } = regionsWithGlobal(plain);
      return plainArnn(plain, {
        global,
        look: plainMlp(plain, v),
        mixed: (joined, t) => plainMixed(plain, plain.dropped(joined, 'dropout', t)),
      });
    },
    'training',
  );
});

test('with a context gate the gate alone feels that dropout', () => {
  expectEquations(
    arnn({ attention, dropout: DROPOUT, contextGate: true, imageHidden: IMAGE_HIDDEN }),
    (plain) => {
      const { v, global } = regionsWithGlobal(plain);
      const linear = (name: string, x: Vector): Vector =>
        plus(times(x, plain.matrix(`${name}.weight`)), plain.vector(`${name}.bias`));
      return plainArnn(plain, {
        global,
        look: plainMlp(plain, v),
        mixed: (joined, t) => {
          const [h, context] = [joined.slice(0, HIDDEN), joined.slice(HIDDEN)];
          const g = sigmoid(linear('gate', plain.dropped(joined, 'dropout', t)));
          return plus(
            product(g, linear('gatedState', h)),
            product(
              g.map((x) => 1 - x),
              linear('gatedContext', context),
            ),
          );
        },
      });
    },
    'training',
  );
});

test('dropout of the embedding is new at each word, and the query reads what is left', () => {
  expectEquations(
    arnn({ attention: { ...attention, usePreviousWord: true }, embeddingDropout: DROPOUT }),
    (plain) => {
      const { v, global } = regionsWithGlobal(plain);
      const look = plainMlp(plain, v);
      return plainArnn(plain, {
        global,
        embedded: (e, t) => plain.dropped(e, 'embeddingDropout', t),
        look: (h, word) => look([...word, ...h], word),
      });
    },
    'training',
  );
});

describe('dropout of a cell', () => {
  test('its input has one mask for all words, which the query does not feel', () => {
    expectEquations(
      arnn({
        attention: { ...attention, usePreviousWord: true },
        inputDropout: DROPOUT,
        imageHidden: IMAGE_HIDDEN,
      }),
      (plain) => {
        const { v, global } = regionsWithGlobal(plain);
        const look = plainMlp(plain, v);
        return plainArnn(plain, {
          global,
          cell: (x, before) =>
            plainLstm(plain, 'lstm', plain.dropped(x, 'inputDropout', 0), before),
          look: (h, word) => look([...word, ...h], word),
        });
      },
      'training',
    );
  });

  test('its state h has one mask for all words, its cell c none', () => {
    expectEquations(
      arnn({ attention, stateDropout: DROPOUT, concatGlobal: false }),
      (plain) => {
        const { v } = regionsWithGlobal(plain);
        return plainArnn(plain, {
          look: plainMlp(plain, v),
          cell: (x, { h, c }) =>
            plainLstm(plain, 'lstm', x, { h: plain.dropped(h, 'stateDropout', 0), c }),
        });
      },
      'training',
    );
  });

  test('the candidate of an LSTM has a mask for each word', () => {
    expectEquations(
      arnn({ attention, recurrentDropout: DROPOUT }),
      (plain) => {
        const { v, global } = regionsWithGlobal(plain);
        return plainArnn(plain, {
          global,
          look: plainMlp(plain, v),
          cell: (x, before, t) =>
            droppedLstm(plain, x, before, (g) => plain.dropped(g, 'recurrentDropout', t)),
        });
      },
      'training',
    );
  });
});

/** c = f c' + i (m g) */
function droppedLstm(
  { matrix, vector }: PlainModel,
  x: Vector,
  before: PlainLstm,
  drop: (g: Vector) => Vector,
): PlainLstm {
  const gates = plus(
    times([...x, ...before.h], [...matrix('lstm.input'), ...matrix('lstm.recurrent')]),
    vector('lstm.inputBias'),
    vector('lstm.recurrentBias'),
  );
  const [i = [], f = [], g = [], o = []] = parts(gates, 4);
  const c = plus(product(sigmoid(f), before.c), product(sigmoid(i), drop(tanh(g))));
  return { h: product(sigmoid(o), tanh(c)), c };
}

test('in a stack every layer has masks of its own, also for the context that enters it', () => {
  const options = {
    attention,
    layers: 2,
    residual: true,
    attentionInUpperLayers: true,
    imageHidden: IMAGE_HIDDEN,
    inputDropout: 0.7,
    stateDropout: 0.7,
  };
  expectEquations(
    arnn(options),
    (plain) => {
      const { v, global } = regionsWithGlobal(plain);
      const look = plainMlp(plain, v);
      const layer = (n: string, x: Vector, { h, c }: PlainLstm): PlainLstm =>
        plainLstm(plain, `lstm${n}`, plain.dropped(x, `inputDropout${n}`, 0), {
          h: plain.dropped(h, `stateDropout${n}`, 0),
          c,
        });
      let upper: PlainLstm | null = null;
      return plainArnn(plain, {
        global,
        cell: (x, before) => layer('', x, before),
        look,
        mixed: (joined) => {
          // [h; c] of the first layer: the one above reads both.
          const [h, context] = [joined.slice(0, HIDDEN), joined.slice(HIDDEN)];
          const zero = h.map(() => 0);
          upper = layer('2', [...h, ...context], upper ?? { h: zero, c: zero });
          return plainMixed(plain, [...plus(upper.h, h), ...context]);
        },
      });
    },
    'training',
  );
});
