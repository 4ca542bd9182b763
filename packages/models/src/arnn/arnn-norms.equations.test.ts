import { beforeAll, test } from 'vitest';
import {
  expectEquations,
  plainGlobal,
  plainLogits,
  plainRegions,
  type PlainModel,
} from '../testing/expect-equations.js';
import { arnn, plainArnn, plainGru, plainMixed, plainMlp } from '../testing/plain-arnn.js';
import { layerNorm, meanOf, plus, tanh, times, type Vector } from '../testing/plain-numbers.js';
import { withUnitColumns, withUnitRows } from '../testing/plain-weight-norm.js';
import { startTestEngine } from '../testing/test-engine.js';

beforeAll(startTestEngine);

function norm({ vector }: PlainModel, name: string, x: Vector): Vector {
  return layerNorm(x, vector(`${name}.gamma`), vector(`${name}.beta`));
}

test('layer normalisation comes before tanh: in the scores, the first state and hbar', () => {
  const options = { attention: { kind: 'mlp' }, layerNorm: true, initialState: 'mean' };
  expectEquations(arnn(options), (plain) => {
    const global = plainGlobal(plain, 'code');
    const v = [...plainRegions(plain), global];
    const started = (name: string): Vector => {
      const sum = times(meanOf(v), plain.matrix(`${name}.weight`));
      return tanh(norm(plain, `${name}.norm`, plus(sum, plain.vector(`${name}.bias`))));
    };
    return plainArnn(plain, {
      global,
      start: { h: started('start.h1'), c: started('start.c1') },
      look: plainMlp(plain, v, (sum) => norm(plain, 'attention.norm', sum)),
      mixed: (joined) => norm(plain, 'hidden.norm', plainMixed(plain, joined)),
    });
  });
});

test('layer normalisation of coverage reads the memory too', () => {
  const options = {
    attention: { kind: 'coverage', hidden: 9 },
    layerNorm: true,
    concatGlobal: false,
  };
  expectEquations(arnn(options), (plain) => {
    const v = [...plainRegions(plain), plainGlobal(plain, 'code')];
    let seen = v.map(() => 0);
    return plainArnn(plain, {
      look: (h, word) => {
        const fromMemory = seen.map((x) => times([x], plain.matrix('attention.coverage')));
        const look = plainMlp(plain, v, (sum, k) =>
          norm(plain, 'attention.norm', plus(sum, fromMemory[k] ?? [])),
        );
        const attended = look(h, word);
        seen = seen.map((x, k) => x + (attended.alpha[k] ?? Number.NaN));
        return attended;
      },
      mixed: (joined) => norm(plain, 'hidden.norm', plainMixed(plain, joined)),
    });
  });
});

// Ba, Kiros & Hinton 2016, of the gates of a part together, as sockeye has it.
test('a GRU with layer normalisation: of the input part and of the state part, before the biases', () => {
  expectEquations(arnn({ cell: 'layer-norm-gru', concatGlobal: false }), (plain) => {
    const { matrix, vector } = plain;
    const part = (name: string, x: Vector): Vector =>
      plus(
        norm(plain, `gru.${name}Norm`, times(x, matrix(`gru.${name}`))),
        vector(`gru.${name}Bias`),
      );
    return plainArnn(plain, {
      look: plainMlp(plain, [...plainRegions(plain), plainGlobal(plain, 'code')]),
      cell: (x, { h, c }) => ({ h: plainGru(part('input', x), part('recurrent', h), h), c }),
    });
  });
});

// Salimans & Kingma 2016, eq. 2.
test('weight normalisation of the output matrix: each word has a scale', () => {
  expectEquations(arnn({ attention: { kind: 'mlp' }, weightNorm: true }), (plain) => {
    const global = plainGlobal(plain, 'code');
    const normalised = withUnitRows(plain, ['output.weight']);
    return plainArnn(plain, {
      global,
      look: plainMlp(plain, [...plainRegions(plain), global]),
      logits: (x) => plainLogits(normalised, x),
    });
  });
});

const OTHERS = [
  'image.projection',
  'image.global',
  'lstm.input',
  'lstm.recurrent',
  'attention.regions',
  'attention.query',
  'attention.score',
  'hidden.weight',
];

test('weight normalisation of all matrices: each column has a scale', () => {
  expectEquations(arnn({ attention: { kind: 'mlp' }, weightNorm: 'all' }), (given) => {
    const plain = withUnitColumns(withUnitRows(given, ['output.weight']), OTHERS);
    const global = plainGlobal(plain, 'code');
    return plainArnn(plain, {
      global,
      look: plainMlp(plain, [...plainRegions(plain), global]),
    });
  });
});
