/** One update of self-critical training against its formula. */
import * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from '@capgrid/ops';
import { beforeAll, expect, test } from 'vitest';
import type { Captioner } from '../captioner/captioner.js';
import { captionerParameters, createCaptioner } from '../captioner/create-captioner.js';
import { searchCaptions } from '../decoding/search-captions.js';
import { imageTensors, type FeatureSource } from '../features.js';
import { disposeAll, initialiseParameters, toVariables } from '../parameters.js';
import { Rng } from '../rng.js';
import { SPECIAL_IDS } from '../special-ids.js';
import { keeping, release } from '../tensor-scope.js';
import { startTestEngine } from '../testing/test-engine.js';
import { sizesOf, tinySpec, tinyTask } from '../testing/tiny-task.js';
import { Adam } from './adam.js';
import { createCaptionReward } from './caption-reward.js';
import type { WrittenCaption } from './search-beams.js';
import { selfCritical } from './self-critical.js';
import type { PreparedUpdate } from './training-phase.js';
import { createTrainingStep, scalarInputs } from './training-step.js';

const IMAGES = [2, 0];
const SAMPLES = 3;

beforeAll(async () => {
  await startTestEngine();
  registerGradients();
});

/** A model that has learned nothing, whose captions differ; its parts are disposed by `dispose`. */
function untrained(
  changes: Readonly<Record<string, unknown>>,
  model: Readonly<Record<string, unknown>> = {},
  counts?: FeatureSource['counts'],
) {
  const task = tinyTask(4);
  const spec = tinySpec({
    model: { ...model },
    // No clipping: the moments of Adam then show the gradient.
    optimizer: { clip: { kind: 'none', value: 1 } },
    schedule: {
      // BLEU-4 beside CIDEr-D: random captions earn different rewards.
      selfCritical: { epochs: 1, samples: SAMPLES, maxWords: 4, bleu4Weight: 2, ...changes },
    },
  });
  const plans = captionerParameters(spec.model, sizesOf(task));
  const weights = toVariables(
    initialiseParameters(plans, Rng.from(4)).map((array) => ({
      ...array,
      values: array.values.map((x) => 2 * x),
    })),
  );
  const captioner = createCaptioner(spec.model, weights);
  const uploads: number[][] = [];
  const features: FeatureSource = {
    ...task.features,
    batch: (indices) => {
      uploads.push([...indices]);
      return task.features.batch(indices);
    },
    ...(counts === undefined ? {} : { counts }),
  };
  const { captions, vocabularySize } = task;
  const given = { spec, vocabularySize, train: captions, val: captions, features };
  const phase = selfCritical({ ...given, model: captioner, badEndings: new Set([6]) });
  const update = (images = IMAGES): Promise<PreparedUpdate> =>
    phase.prepare(images, { step: 1, epoch: 0, rng: (purpose) => Rng.from(1).fork(purpose) });
  const settings = spec.schedule.selfCritical;
  const reward = createCaptionReward(captions, settings, vocabularySize);
  const dispose = (): void => disposeAll(weights);
  return { spec, weights, captioner, features, uploads, update, reward, dispose };
}

/** The captions that an update learns from, those of the first image first. */
function drawnIn({ inputs }: PreparedUpdate, images = IMAGES): WrittenCaption[] {
  const columns = tf.tidy(() => tf.transpose(inputs.targets).arraySync()) as number[][];
  return columns.map((ids, i) => ({
    imageIndex: images[Math.floor(i / SAMPLES)] ?? -1,
    tokens: ids.filter((id) => id !== SPECIAL_IDS.pad && id !== SPECIAL_IDS.end),
    isFinished: ids.includes(SPECIAL_IDS.end),
  }));
}

async function greedyCaptions(
  captioner: Captioner,
  features: FeatureSource,
): Promise<WrittenCaption[]> {
  const images = keeping(() => imageTensors(features, IMAGES));
  const decoder = keeping(() => captioner.decoder());
  const found = await searchCaptions(decoder, images, {
    beam: 1,
    norm: 'sum',
    lengthPenalty: { alpha: 1, beta: 0 },
    divisor: 'words',
    stop: 'all',
    prune: 0,
    nBest: 1,
    blockUnknown: false,
    noRepeatNgram: 0,
    maxWords: 4,
  });
  release([images, decoder]);
  return found.flat().map((caption, i) => ({ ...caption, imageIndex: IMAGES[i] ?? -1 }));
}

/** What each of six rewards, three of each image, exceeds; g: of the greedy captions. */
const BASELINES: Record<string, (r: number[], g: number[]) => number[]> = {
  greedy: (_, [g0 = 0, g1 = 0]) => [g0, g0, g0, g1, g1, g1],
  'leave-one-out': ([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]) => [
    (b + c) / 2,
    (a + c) / 2,
    (a + b) / 2,
    (e + f) / 2,
    (d + f) / 2,
    (d + e) / 2,
  ],
  'beam-mean': ([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]) => [
    ...[0, 1, 2].map(() => (a + b + c) / 3),
    ...[0, 1, 2].map(() => (d + e + f) / 3),
  ],
};

test.each(Object.keys(BASELINES))(
  '%s: each word counts with the reward of its caption less the baseline, over all words or places',
  async (baseline) => {
    const { captioner, features, update, reward, dispose } = untrained({ baseline });
    const prepared = await update();
    const drawn = drawnIn(prepared);
    expect(drawn.length).toBe(IMAGES.length * SAMPLES);
    const rewards = [...reward.rewards(drawn)];
    const greedy = [...reward.rewards(await greedyCaptions(captioner, features))];
    const baselines = BASELINES[baseline]?.(rewards, greedy) ?? [];
    // Words and end marks, none after a caption that was cut.
    const lengths = drawn.map(({ tokens, isFinished }) => tokens.length + Number(isFinished));
    const words = lengths.reduce((sum, length) => sum + length, 0);
    expect(words).toBeGreaterThan(drawn.length);
    expect(new Set(lengths).size).toBeGreaterThan(1);
    // Two images, three hypotheses each, four places for words and an end mark.
    const places = 2 * 3 * 4;
    expect(places).toBeGreaterThan(words);
    expect(prepared.divisor).toBe(baseline === 'beam-mean' ? places : words);
    const weights = [...(prepared.inputs.captionWeights?.dataSync() ?? [])];
    expect(weights.length).toBe(6);
    for (const [i, weight] of weights.entries()) {
      const advantage = (rewards[i] ?? 0) - (baselines[i] ?? 0);
      expect(weight, `caption ${i}`).toBeCloseTo(advantage, 6);
    }
    // Something is compared: rewards of an image differ, and so do the images.
    for (const start of [0, SAMPLES]) {
      expect(new Set(rewards.slice(start, start + SAMPLES)).size).toBeGreaterThan(1);
    }
    expect(baselines[0]).not.toBeCloseTo(baselines[SAMPLES] ?? 0, 2);
    release(prepared.inputs);
    dispose();
  },
);

test('all hypotheses of a beam are samples, also those that were cut', async () => {
  const { update, dispose } = untrained({ baseline: 'beam-mean', maxWords: 2 });
  const prepared = await update();
  const drawn = drawnIn(prepared);
  expect(drawn.length).toBe(IMAGES.length * SAMPLES);
  expect(new Set(drawn.map(({ isFinished }) => isFinished))).toEqual(new Set([true, false]));
  for (const start of [0, SAMPLES]) {
    const ofImage = drawn.slice(start, start + SAMPLES);
    expect(new Set(ofImage.map(({ tokens }) => tokens.join())).size).toBe(SAMPLES);
  }
  release(prepared.inputs);
  dispose();
});

test.each([
  ['of any length with other positions', { positions: 'fixed' }, true],
  ['no longer than there are learned positions', { positions: 'learned' }, false],
])('samples are %s', async (_, positions, areLonger) => {
  const { update, dispose } = untrained(
    { samples: 12, maxWords: 40, temperature: 100 },
    { decoder: 'sat', heads: 2, ...positions },
  );
  const { inputs } = await update();
  const [steps = 0] = inputs.targets.shape;
  // `data.maxWords` is 10.
  expect(steps > 11).toBe(areLonger);
  expect(steps).toBeGreaterThan(10);
  release(inputs);
  dispose();
});

test('the temperature changes what is drawn', async () => {
  const distinctAt = async (temperature: number): Promise<number> => {
    const { update, dispose } = untrained({ temperature });
    const { inputs, rewards } = await update();
    release(inputs);
    dispose();
    return rewards?.distinctShare ?? Number.NaN;
  };
  // Nearly the likeliest word each time, nearly any word.
  expect(await distinctAt(0.01)).toBeCloseTo(1 / SAMPLES, 9);
  expect(await distinctAt(100)).toBe(1);
});

test('bad endings are counted among the samples that have ended', async () => {
  const { update, dispose } = untrained({});
  const images = [2, 0, 1, 3];
  const prepared = await update(images);
  const drawn = drawnIn(prepared, images);
  const ended = drawn.filter(({ isFinished }) => isFinished);
  const bad = ended.filter(({ tokens }) => tokens.at(-1) === 6);
  expect(drawn.some(({ tokens, isFinished }) => !isFinished && tokens.at(-1) === 6)).toBe(true);
  expect(bad.length).toBeGreaterThan(0);
  expect(bad.length).toBeLessThan(ended.length / 2);
  expect(prepared.rewards?.badEndingShare).toBeCloseTo(bad.length / ended.length, 12);
  expect(prepared.rewards?.unfinishedShare).toBeCloseTo(1 - ended.length / drawn.length, 12);
  release(prepared.inputs);
  dispose();
});

test('the image of several samples is uploaded once, and each sample has it', async () => {
  const counts = (indices: readonly number[]): number[] => indices.map((i) => (i === 0 ? 2 : 3));
  const { features, uploads, update, dispose } = untrained({}, {}, counts);
  const before = tf.memory().numTensors;
  const { inputs } = await update();
  // For the drawing and for the pass along what was drawn.
  expect(uploads).toEqual([IMAGES, IMAGES]);
  const images = imageTensors(features, [2, 0]);
  expect(inputs.features.arraySync()).toEqual(images.features.arraySync());
  expect(inputs.mask?.arraySync()).toEqual(images.mask?.arraySync());
  expect(inputs.imageOfRow?.arraySync()).toEqual([0, 0, 0, 1, 1, 1]);
  release([inputs, images]);
  expect(tf.memory().numTensors).toBe(before);
  dispose();
});

/**
 * Of a central difference: the loss is about 1 and known to 1e-6, so at this distance the derivative
 * is known to 1e-4; the truncation error, distance²/6 f''', is smaller.
 */
const DISTANCE = 1e-2;
const TOLERANCE = 1e-3;

test('the gradient is that of the formula, by finite differences', async () => {
  const entropyWeight = 0.3;
  const { spec, weights, captioner, update, dispose } = untrained(
    { entropyWeight },
    { dropout: 0.2 },
  );
  const { inputs, divisor } = await update();
  const { noise } = inputs;
  const [advantages = [], targets = []] = [inputs.captionWeights, inputs.targets].map((x) => [
    ...(x?.dataSync() ?? []),
  ]);
  const size = advantages.length;

  /**
   * sum_it m_it ((r_i - b_i) (-log p(w_it)) - 0.3 H_it) / sum_it m_it, word by word; p is that of the
   * samples, in which pad and begin marks are never drawn.
   */
  const formula = (): number =>
    tf.tidy(() => {
      const taught = captioner.teach(inputs, inputs.inputs, noise);
      const logits = taught.logits.arraySync() as number[][];
      let total = 0;
      for (const [place, word] of targets.entries()) {
        if (word === SPECIAL_IDS.pad) continue;
        const row = logits[place] ?? [];
        const drawn = row.filter((_, id) => id !== SPECIAL_IDS.pad && id !== SPECIAL_IDS.begin);
        const logZ = Math.log(drawn.reduce((sum, logit) => sum + Math.exp(logit), 0));
        const entropy = drawn.reduce((sum, x) => sum - Math.exp(x - logZ) * (x - logZ), 0);
        const logP = (row[word] ?? 0) - logZ;
        total -= (advantages[place % size] ?? 0) * logP + entropyWeight * entropy;
      }
      return total / divisor;
    });

  const adam = Adam.over(weights, spec.optimizer, null);
  const step = createTrainingStep(captioner, weights, adam, { labelSmoothing: 0, entropyWeight });
  const scalars = scalarInputs(divisor, [0]);
  const [measured] = step({ ...inputs, ...scalars });
  expect(measured?.dataSync()[0]).toBeCloseTo(formula(), 4);
  // After the first update, m = (1 - beta1) g.
  const { first } = await adam.moments();
  const gradients = new Map(
    first.map(({ name, values }) => [name, values.map((m) => m / (1 - spec.optimizer.beta1))]),
  );
  let steepest = 0;
  for (const [name, weight] of weights) {
    const gradient = gradients.get(name) ?? new Float32Array(weight.size);
    const length = Math.hypot(...gradient);
    steepest = Math.max(steepest, length);
    if (length === 0) continue;
    const start = weight.dataSync().slice();
    const at = (distance: number): number => {
      const values = start.map((x, i) => x + (distance * (gradient[i] ?? 0)) / length);
      tf.tidy(() => weight.assign(tf.tensor(values, weight.shape)));
      return formula();
    };
    const slope = (at(DISTANCE) - at(-DISTANCE)) / (2 * DISTANCE);
    at(0);
    expect(Math.abs(slope - length), `${name}: ${slope}, ${length}`).toBeLessThan(
      TOLERANCE + 0.02 * length,
    );
  }
  expect(steepest).toBeGreaterThan(0.1);
  release([inputs, scalars, measured ?? []]);
  adam.dispose();
  dispose();
});
