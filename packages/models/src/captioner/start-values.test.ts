import { describe, expect, test } from 'vitest';
import { sizeOf } from '../parameters.js';
import { Rng } from '../rng.js';
import { sizesOf, tinySpec, tinyTask } from '../testing/tiny-task.js';
import { captionerParameters } from './create-captioner.js';

const CHANNELS = 4;
const VOCABULARY = 8;
const HIDDEN = 16;
const EMBED = 12;
/** Of a region, where it is not the state's width. */
const IMAGE_HIDDEN = 24;
/** What coverage keeps of a region. */
const MEMORY = 4;
const covering = (coverage: string) => ({ kind: 'coverage', coverage, coverageWidth: MEMORY });
const SIZES = { vocabulary: VOCABULARY, channels: CHANNELS, regions: 3, maxWords: 10 };
const average = (fanIn: number, fanOut: number): number => Math.sqrt(6 / (fanIn + fanOut));
const inwards = (fanIn: number): number => Math.sqrt(2.34 / fanIn);

function valuesOf(model: Readonly<Record<string, unknown>>, name: string): number[] {
  const spec = tinySpec({ model: { hidden: HIDDEN, embed: EMBED, ...model } }).model;
  const plan = captionerParameters(spec, SIZES).find((one) => one.name === name);
  if (plan === undefined) throw new Error(`no weight "${name}"`);
  return [...plan.start(Rng.from(1), sizeOf(plan.shape))];
}

/** Uniform between `-bound` and `bound`: the largest of n numbers misses it by about 1 / n of it. */
function expectUniform(values: readonly number[], bound: number): void {
  const [largest, smallest] = [Math.max(...values), Math.min(...values)];
  const margin = 1 - 6 / values.length;
  expect(largest).toBeLessThanOrEqual(bound);
  expect(largest).toBeGreaterThan(margin * bound);
  expect(smallest).toBeGreaterThanOrEqual(-bound);
  expect(smallest).toBeLessThan(-margin * bound);
}

describe.each([
  ['xavier-in', (fanIn: number) => inwards(fanIn)],
  ['xavier-average', average],
] as const)('%s', (init, bound) => {
  test.each([
    // What makes a unit is a row of what has one row for each word or position, a column elsewhere.
    [{}, 'hidden.weight', 2 * HIDDEN, HIDDEN],
    [{ imageHidden: IMAGE_HIDDEN }, 'hidden.weight', HIDDEN + IMAGE_HIDDEN, HIDDEN],
    [{ imageHidden: IMAGE_HIDDEN }, 'attention.regions', IMAGE_HIDDEN, HIDDEN],
    [
      { imageHidden: IMAGE_HIDDEN, attention: { kind: 'dot' } },
      'attention.regions',
      IMAGE_HIDDEN,
      HIDDEN,
    ],
    [{}, 'lstm.input', EMBED + 2 * HIDDEN, 4 * HIDDEN],
    [{}, 'embedding', EMBED, VOCABULARY],
    [{}, 'output.weight', HIDDEN, VOCABULARY],
    [{ decoder: 'fcn' }, 'positions', EMBED, SIZES.maxWords + 1],
    [{ decoder: 'sat', heads: 2 }, 'layers.0.self.project', HIDDEN, 3 * HIDDEN],
    // Keys and values of the regions are two matrices, those of the words with the queries one.
    [{ decoder: 'sat', heads: 2 }, 'layers.0.image.project', HIDDEN, HIDDEN],
    [
      { decoder: 'sat', heads: 2, imageHidden: IMAGE_HIDDEN },
      'layers.0.image.project',
      IMAGE_HIDDEN,
      HIDDEN,
    ],
    // A GRU reads [region; query; weight] by one matrix, the perceptron of coverage by three.
    [{ attention: covering('gru') }, 'coverage.query', 2 * HIDDEN + 1, 3 * MEMORY],
    [{ attention: covering('tanh') }, 'coverage.query', HIDDEN, MEMORY],
    // Of kernels, both times the width; with gates there are twice as many filters.
    [{ decoder: 'fcn', kernel: 3 }, 'layers.0.convolution.weight', 3 * HIDDEN, 3 * 2 * HIDDEN],
    [
      { decoder: 'fcn', kernel: 3, activation: 'tanh' },
      'layers.0.convolution.weight',
      3 * HIDDEN,
      3 * HIDDEN,
    ],
  ])('of %o, %s has %i inputs and %i outputs', (model, name, fanIn, fanOut) => {
    expectUniform(valuesOf({ ...model, init }, name), bound(fanIn, fanOut));
  });

  test('the image projection and the global descriptor are xavier-average', () => {
    const of = (global: string, name: string) => valuesOf({ init, global }, name);
    expectUniform(of('paper', 'image.projection'), average(CHANNELS, HIDDEN));
    expectUniform(of('paper', 'image.global'), average(CHANNELS, HIDDEN));
    expectUniform(of('code', 'image.global'), average(HIDDEN, HIDDEN));
  });
});

test.each(['nic', 'up-down', 'arnn', 'fcn', 'sat'])(
  'with uniform every matrix of %s starts as in im2txt',
  (decoder) => {
    const { model } = tinySpec({ model: { decoder, init: 'uniform' } });
    const matrices = captionerParameters(model, sizesOf(tinyTask(2))).filter(
      ({ shape: [rows = 0, columns = 0] }) => rows * columns > 8,
    );
    expect(matrices.length).toBeGreaterThan(3);
    for (const { shape, start } of matrices) {
      expectUniform([...start(Rng.from(1), sizeOf(shape))], 0.08);
    }
  },
);
