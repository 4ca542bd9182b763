import { beforeAll, describe, test } from 'vitest';
import {
  expectEquations,
  plainGlobal,
  plainRegions,
  type PlainModel,
} from '../testing/expect-equations.js';
import { HIDDEN, arnn, plainArnn, plainGru, plainMlp, type Look } from '../testing/plain-arnn.js';
import {
  dot,
  meanOf,
  parts,
  plus,
  product,
  sigmoid,
  softmax,
  tanh,
  times,
  zeros,
  type Matrix,
  type Vector,
} from '../testing/plain-numbers.js';
import { startTestEngine } from '../testing/test-engine.js';

const HEADS = 2;
const COVERAGE = 2;
/** Widths of a region: that of the state, and another. */
const WIDTHS = [HIDDEN, 11];

beforeAll(startTestEngine);

/** Every head divides by the root of its width, then they stand side by side. */
function multiHead(plain: PlainModel, v: Matrix): Look {
  const linear = (x: Vector, name: string): Vector =>
    plus(times(x, plain.matrix(`attention.${name}`)), plain.vector(`attention.${name}Bias`));
  const keysValues = v.map((region) => parts(linear(region, 'keysValues'), 2));
  return (h) => {
    const alphas: Vector[] = [];
    const context = parts(linear(h, 'query'), HEADS).flatMap((query, head) => {
      const of = (x: Vector = []): Vector => parts(x, HEADS)[head] ?? [];
      const scores = keysValues.map(([key]) => dot(query, of(key)) / Math.sqrt(HIDDEN / HEADS));
      const alpha = softmax(scores);
      alphas.push(alpha);
      return times(
        alpha,
        keysValues.map(([, value]) => of(value)),
      );
    });
    return { context, alpha: meanOf(alphas) };
  };
}

/** Regions as dot attention compares them with a query of the state's width. */
function dotKeys(plain: PlainModel, v: Matrix): Matrix {
  return v.map((region) =>
    region.length === HIDDEN ? region : times(region, plain.matrix('attention.regions')),
  );
}

/** Tu et al. 2016, section 4.1: the memory of a region reads the region, the query and its weight. */
function gruCoverage(plain: PlainModel, v: Matrix): Look {
  const { matrix, vector } = plain;
  const w = matrix('attention.score').flat();
  let coverage: Matrix = v.map(() => zeros(COVERAGE));
  return (h) => {
    const scores = v.map((region, k) => {
      const seen = times(coverage[k] ?? [], matrix('attention.coverage'));
      const key = times(region, matrix('attention.regions'));
      return dot(w, tanh(plus(key, times(h, matrix('attention.query')), seen)));
    });
    const alpha = softmax(scores);
    coverage = v.map((region, k) => {
      const before = coverage[k] ?? [];
      const input = plus(
        times(region, matrix('coverage.regions')),
        times(h, matrix('coverage.query')),
        times([alpha[k] ?? Number.NaN], matrix('coverage.alpha')),
        vector('coverage.inputBias'),
      );
      const recurrent = plus(
        times(before, matrix('coverage.recurrent')),
        vector('coverage.recurrentBias'),
      );
      return plainGru(input, recurrent, before);
    });
    return { context: times(alpha, v), alpha };
  };
}

describe.each(WIDTHS)('regions of %i numbers', (imageHidden) => {
  test('multi-head attention, with the global descriptor as a region', () => {
    const attention = { kind: 'multihead', heads: HEADS };
    expectEquations(arnn({ attention, imageHidden, global: 'code' }), (plain) => {
      const global = plainGlobal(plain, 'code');
      const v = [...plainRegions(plain), global];
      return plainArnn(plain, { global, look: multiHead(plain, v) });
    });
  });

  test('multi-head attention with its output projection', () => {
    const attention = { kind: 'multihead', heads: HEADS, outputProjection: true };
    expectEquations(arnn({ attention, imageHidden, concatGlobal: false }), (plain) => {
      const look = multiHead(plain, [...plainRegions(plain), plainGlobal(plain, 'code')]);
      return plainArnn(plain, {
        look: (h, word) => {
          const { context, alpha } = look(h, word);
          const projected = times(context, plain.matrix('attention.output'));
          return { context: plus(projected, plain.vector('attention.outputBias')), alpha };
        },
      });
    });
  });

  test('coverage by a GRU: the memory is the state, the rest the input', () => {
    const attention = { kind: 'coverage', coverage: 'gru', coverageWidth: COVERAGE };
    expectEquations(arnn({ attention, imageHidden, global: 'none' }), (plain) => {
      const v = plainRegions(plain);
      // Without a global descriptor the last region stands for it.
      return plainArnn(plain, { global: v.at(-1) ?? [], look: gruCoverage(plain, v) });
    });
  });

  describe('what the query is', () => {
    test.each([true, false])('of mlp, the previous word in it, concatGlobal %s', (concatGlobal) => {
      const attention = { kind: 'mlp', usePreviousWord: true };
      expectEquations(arnn({ attention, imageHidden, concatGlobal, global: 'paper' }), (plain) => {
        const global = plainGlobal(plain, 'paper');
        const look = plainMlp(plain, [...plainRegions(plain), global]);
        return plainArnn(plain, {
          global: concatGlobal ? global : [],
          look: (h, word) => look([...word, ...h], word),
        });
      });
    });

    test('of dot: one wider than the state is projected before it is scaled', () => {
      const attention = { kind: 'dot', usePreviousWord: true, isScaled: true };
      expectEquations(arnn({ attention, imageHidden, globalInMemory: false }), (plain) => {
        const v = plainRegions(plain);
        return plainArnn(plain, {
          global: plainGlobal(plain, 'code'),
          look: (h, word) => {
            const query = times([...word, ...h], plain.matrix('attention.query'));
            const scores = dotKeys(plain, v).map((key) => dot(key, query) / Math.sqrt(HIDDEN));
            const alpha = softmax(scores);
            return { context: times(alpha, v), alpha };
          },
        });
      });
    });
  });

  test.each([
    { concatGlobal: false, inputFeeding: true },
    { concatGlobal: true, inputFeeding: false },
    { concatGlobal: false, inputFeeding: false },
  ])('the input of the first layer with %o', ({ concatGlobal, inputFeeding }) => {
    const attention = { kind: 'mlp', hidden: 9 };
    expectEquations(arnn({ attention, imageHidden, concatGlobal, inputFeeding }), (plain) => {
      const global = plainGlobal(plain, 'code');
      return plainArnn(plain, {
        global: concatGlobal ? global : [],
        isFed: inputFeeding,
        look: plainMlp(plain, [...plainRegions(plain), global]),
      });
    });
  });

  test.each([
    ['last', 'code', 'the global descriptor'],
    ['last', 'none', 'the last region'],
    ['mean', 'code', 'the mean of all regions, the global one included'],
  ] as const)('the state from "%s" with global "%s": %s', (initialState, kind, _read) => {
    const options = { attention: { kind: 'mlp' }, global: kind, initialState, concatGlobal: false };
    expectEquations(arnn({ ...options, imageHidden }), (plain) => {
      const local = plainRegions(plain);
      const v = kind === 'none' ? local : [...local, plainGlobal(plain, kind)];
      const read = initialState === 'mean' ? meanOf(v) : (v.at(-1) ?? []);
      const linear = (name: string): Vector =>
        plus(times(read, plain.matrix(`${name}.weight`)), plain.vector(`${name}.bias`));
      const start = { h: tanh(linear('start.h1')), c: tanh(linear('start.c1')) };
      return plainArnn(plain, { start, look: plainMlp(plain, v) });
    });
  });

  test('a context gate weighs [h; context], of which each has a matrix of its own', () => {
    const options = { attention: { kind: 'dot' }, contextGate: true, concatGlobal: false };
    expectEquations(arnn({ ...options, imageHidden }), (plain) => {
      const v = [...plainRegions(plain), plainGlobal(plain, 'code')];
      const linear = (name: string, x: Vector): Vector =>
        plus(times(x, plain.matrix(`${name}.weight`)), plain.vector(`${name}.bias`));
      return plainArnn(plain, {
        look: (h) => {
          const alpha = softmax(dotKeys(plain, v).map((key) => dot(key, h)));
          return { context: times(alpha, v), alpha };
        },
        mixed: (joined) => {
          const g = sigmoid(linear('gate', joined));
          return plus(
            product(g, linear('gatedState', joined.slice(0, HIDDEN))),
            product(
              g.map((x) => 1 - x),
              linear('gatedContext', joined.slice(HIDDEN)),
            ),
          );
        },
      });
    });
  });

  test('without attention the context is the last region', () => {
    const options = { attention: { kind: 'none' }, global: 'paper', concatGlobal: false };
    expectEquations(arnn({ ...options, imageHidden }), (plain) => {
      const context = plainGlobal(plain, 'paper');
      const alpha = [...zeros(plain.regions.length), 1];
      return plainArnn(plain, { look: () => ({ context, alpha }) });
    });
  });

  test('location attention scores the positions by the state alone', () => {
    const options = { attention: { kind: 'location' }, global: 'none' };
    expectEquations(arnn({ ...options, imageHidden }), (plain) => {
      const v = plainRegions(plain);
      return plainArnn(plain, {
        global: v.at(-1) ?? [],
        look: (h) => {
          const scores = times(h, plain.matrix('attention.location'));
          const alpha = softmax(plus(scores, plain.vector('attention.locationBias')));
          return { context: times(alpha, v), alpha };
        },
      });
    });
  });
});
