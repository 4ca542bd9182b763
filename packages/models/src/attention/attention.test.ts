import * as tf from '@tensorflow/tfjs-core';
import { ArnnSpec } from '@capgrid/contracts';
import { beforeAll, describe, expect, test } from 'vitest';
import { initialiseParameters, toVariables, disposeAll } from '../parameters.js';
import { Rng } from '../rng.js';
import {
  dot,
  plus,
  scaled,
  softmax,
  tanh,
  times,
  zeros,
  type Matrix,
  type Vector,
} from '../testing/plain-numbers.js';
import { startTestEngine } from '../testing/test-engine.js';
import { attentionParameters, createAttention } from './attention.js';

/** Sums of some ten products of numbers around 1 in float32. */
const DIGITS = 5;
const HIDDEN = 8;
/** Widths of a region: that of the state, and another. */
const WIDTHS = [HIDDEN, 11];
const SIZES = { vocabulary: 9, channels: 4, regions: 3, maxWords: 5 };

type Named = (name: string) => Matrix;

beforeAll(async () => {
  await startTestEngine();
});

const column = (w: Matrix): Vector => w.map(([x = Number.NaN]) => x);

/**
 * Attends twice with the kind and with `scores` by loops over plain numbers. `scores` gets the regions,
 * a query and the weights of the word before (null at first).
 */
function expectScores(
  attention: object,
  imageHidden: number,
  scores: (v: Matrix, q: Vector, of: Named, before: Vector | null) => Vector,
): void {
  const spec = ArnnSpec.parse({
    decoder: 'arnn',
    hidden: HIDDEN,
    imageHidden,
    embed: 8,
    global: 'none',
    attention,
  });
  const arrays = initialiseParameters(attentionParameters(spec, SIZES), Rng.from(7));
  const weights = toVariables(arrays);
  const rng = Rng.from(11);
  const draw = (rows: number, width: number): number[][] =>
    Array.from({ length: rows }, () => Array.from({ length: width }, () => rng.normal()));
  const [v, queries] = [draw(SIZES.regions, imageHidden), draw(2, HIDDEN)];
  const named: Named = (name) => {
    const weight = weights.get(name);
    return weight === undefined
      ? []
      : (tf.reshape(weight, [weight.shape[0], -1]).arraySync() as number[][]);
  };
  tf.tidy(() => {
    const kind = createAttention(spec, weights);
    const memory = tf.tensor3d([v]);
    const prepared = kind.prepare({ memory, mask: null, global: () => tf.zeros([1, imageHidden]) });
    const attend = kind.begin(prepared);
    let state = kind.start(prepared, 1);
    let before: Vector | null = null;
    for (const q of queries) {
      const attended = attend(tf.tensor2d([q]), state);
      const alpha = softmax(scores(v, q, named, before));
      const context = times(alpha, v);
      for (const [given, wanted] of [
        [attended.alpha().dataSync(), alpha],
        [attended.context.dataSync(), context],
      ] as const) {
        expect(given.length).toBe(wanted.length);
        for (const [i, x] of wanted.entries()) expect(given[i]).toBeCloseTo(x, DIGITS);
      }
      state = attended.state;
      before = alpha;
    }
  });
  disposeAll(weights);
}

/** w · tanh(W_e v_k + W_q q + seen_k) */
function mlpScores(v: Matrix, q: Vector, of: Named, seen: Matrix): Vector {
  const asked = times(q, of('attention.query'));
  const w = column(of('attention.score'));
  return v.map((region, k) =>
    dot(w, tanh(plus(times(region, of('attention.regions')), asked, seen[k] ?? []))),
  );
}

describe.each(WIDTHS)('regions of %i numbers', (width) => {
  test('dot: q · v_k, scaled: divided by sqrt(hidden); v_k W where it is wider or narrower', () => {
    const scores = (v: Matrix, q: Vector, of: Named): Vector =>
      v.map((region) => dot(q, width === HIDDEN ? region : times(region, of('attention.regions'))));
    expectScores({ kind: 'dot' }, width, scores);
    expectScores({ kind: 'dot', isScaled: true }, width, (v, q, of) =>
      scaled(scores(v, q, of), 1 / Math.sqrt(HIDDEN)),
    );
  });

  test('bilinear: q · (v_k W)', () => {
    expectScores({ kind: 'bilinear' }, width, (v, q, of) =>
      v.map((region) => dot(q, times(region, of('attention.regions')))),
    );
  });

  test('location: q W + b, whatever the regions are', () => {
    expectScores({ kind: 'location' }, width, (_v, q, of) =>
      plus(times(q, of('attention.location')), column(of('attention.locationBias'))),
    );
  });

  test('mlp: w · tanh(W_e v_k + W_q q)', () => {
    expectScores({ kind: 'mlp' }, width, (v, q, of) =>
      mlpScores(
        v,
        q,
        of,
        v.map(() => zeros(HIDDEN)),
      ),
    );
  });

  test('coverage by counting adds the weights of the words before times W_c', () => {
    expectScores({ kind: 'coverage' }, width, (v, q, of, before) => {
      const seen = v.map((_, k) => times([before?.[k] ?? 0], of('attention.coverage')));
      return mlpScores(v, q, of, seen);
    });
  });

  test('coverage by a perceptron remembers tanh of region, query and weight', () => {
    let asked: Vector = [];
    expectScores(
      { kind: 'coverage', coverage: 'tanh', coverageWidth: 2 },
      width,
      (v, q, of, before) => {
        // The memory was zero before the first word, so its recurrent part is too.
        const memory = v.map((region, k) =>
          before === null
            ? [0, 0]
            : tanh(
                plus(
                  times(region, of('coverage.regions')),
                  times(asked, of('coverage.query')),
                  times([before[k] ?? Number.NaN], of('coverage.alpha')),
                ),
              ),
        );
        asked = q;
        const seen = memory.map((kept) => times(kept, of('attention.coverage')));
        return mlpScores(v, q, of, seen);
      },
    );
  });
});

test('location attention refuses images with another number of regions', () => {
  const spec = ArnnSpec.parse({ decoder: 'arnn', hidden: HIDDEN, attention: { kind: 'location' } });
  const weights = toVariables(initialiseParameters(attentionParameters(spec, SIZES), Rng.from(7)));
  tf.tidy(() => {
    const memory = tf.zeros([1, SIZES.regions, HIDDEN]); // the global one is missing
    expect(() =>
      createAttention(spec, weights).prepare({
        memory,
        mask: null,
        global: () => tf.zeros([1, HIDDEN]),
      }),
    ).toThrow(/expected \[1, 4, 8\], got \[1, 3, 8\].*as many regions/);
  });
  disposeAll(weights);
});
