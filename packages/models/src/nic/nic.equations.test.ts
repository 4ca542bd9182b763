import { beforeAll, describe, test } from 'vitest';
import {
  expectEquations,
  plainLogits,
  plainLstm,
  type PlainModel,
  type PlainStep,
} from '../testing/expect-equations.js';
import { meanOf, plus, product, times, zeros, type Vector } from '../testing/plain-numbers.js';
import { startTestEngine } from '../testing/test-engine.js';

const HIDDEN = 8;

beforeAll(startTestEngine);

const nic = (options: object) => ({
  decoder: 'nic',
  hidden: HIDDEN,
  embed: 10,
  layers: 2,
  ...options,
});

function linear({ matrix, vector }: PlainModel, name: string, x: Vector): Vector {
  return plus(times(x, matrix(`${name}.weight`)), vector(`${name}.bias`));
}

/** Two layers with PReLU between them (He et al. 2015, eq. 1): a_i x_i below zero. */
function mlpHead(plain: PlainModel): Vector {
  const slopes = plain.vector('head.slope');
  const inner = linear(plain, 'head.first', meanOf(plain.regions)).map((x, i) =>
    x > 0 ? x : (slopes[i] ?? Number.NaN) * x,
  );
  return linear(plain, 'head.second', plain.dropped(inner, 'head', 0));
}

/**
 * Vinyals et al. 2015, eq. 10-12: what the LSTM says at the image is not read. Dropout as Zaremba et al.
 * 2014: on what goes into a layer and out of it, not on what it keeps.
 */
function showAndTell(plain: PlainModel, image: Vector): PlainStep[] {
  let lower = { h: zeros(HIDDEN), c: zeros(HIDDEN) };
  let upper = lower;
  const outputs = [image, ...plain.words].map((x, t) => {
    lower = plainLstm(plain, 'lstm1', plain.dropped(x, 'input', t), lower);
    upper = plainLstm(plain, 'lstm2', plain.dropped(lower.h, 'lstm1', t), upper);
    return plain.dropped(upper.h, 'lstm2', t);
  });
  return outputs.slice(1).map((h) => ({ logits: plainLogits(plain, h), alpha: null }));
}

test('the mean region is the first input, its output is not read, then come the words', () => {
  expectEquations(nic({}), (plain) =>
    showAndTell(plain, linear(plain, 'head', meanOf(plain.regions))),
  );
});

test('dropout is on the inputs and outputs of each layer', () => {
  expectEquations(
    nic({ dropout: 0.4 }),
    (plain) => showAndTell(plain, linear(plain, 'head', meanOf(plain.regions))),
    'training',
  );
});

describe('head of two layers', () => {
  const head = { kind: 'mlp', hidden: 12 };

  test('PReLU between them', () => {
    expectEquations(nic({ head }), (plain) => showAndTell(plain, mlpHead(plain)));
  });

  test('dropout behind the PReLU', () => {
    const model = nic({ head: { ...head, dropout: 0.4 }, dropout: 0.3 });
    expectEquations(model, (plain) => showAndTell(plain, mlpHead(plain)), 'training');
  });

  test('batch norm of what it gives, with the moving averages in validation', () => {
    expectEquations(nic({ head: { ...head, batchNorm: true } }), (plain) => {
      const { vector } = plain;
      const centred = plus(
        mlpHead(plain),
        vector('head.mean').map((x) => -x),
      );
      const inverse = vector('head.variance').map((x) => 1 / Math.sqrt(x + 1e-5));
      const normalised = product(product(centred, inverse), vector('head.gamma'));
      return showAndTell(plain, plus(normalised, vector('head.beta')));
    });
  });
});
