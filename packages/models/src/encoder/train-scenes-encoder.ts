/** Trains the net of the synthetic scenes on what lies in each cell. */
import {
  div,
  concat,
  logSoftmax,
  mul,
  neg,
  split,
  sum,
  tensor1d,
  tensor2d,
  tidy,
  variableGrads,
  type Scalar,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { SceneObject } from '@capgrid/contracts';
import { registerGradients } from '@capgrid/ops';
import { breathe } from '../breathe.js';
import { assertEngine, type Engine } from '../engine.js';
import { CancelledError, LossNotFiniteError, ModelInputError } from '../errors.js';
import {
  disposeAll,
  initialiseParameters,
  toArrays,
  toVariables,
  type NamedArray,
} from '../parameters.js';
import { Rng } from '../rng.js';
import { Adam } from '../training/adam.js';
import { drawMove, movedImages, movedObjects } from './move-scene.js';
import { answerCounts, cellAnswers, sceneQuestions, type SceneQuestions } from './scene-labels.js';
import {
  SCALE,
  scenesFeatures,
  scenesLogits,
  scenesParameters,
  toPatches,
} from './scenes-network.js';

/** The batch's pixels in the order asked, [n, size, size, 3] RGB. */
export type ImageSource = (indices: readonly number[]) => Uint8Array | Promise<Uint8Array>;

export interface TrainScenesEncoderOptions {
  readonly engine: Engine;
  readonly images: ImageSource;
  /** Objects of each image, by index. */
  readonly labels: readonly (readonly SceneObject[])[];
  /** Pixels per side, a multiple of 16. */
  readonly imageSize: number;
  readonly channels: number;
  readonly epochs: number;
  readonly seed: number;
  readonly onProgress?: (progress: ScenesEncoderStep) => void;
  readonly signal?: AbortSignal;
}

export interface ScenesEncoderStep {
  /** Images seen, of `total`. */
  readonly done: number;
  readonly total: number;
  readonly loss: number;
}

export interface ScenesEncoderOutcome {
  readonly weights: readonly NamedArray[];
  /** What the head was asked; `measureScenesEncoder` needs it. */
  readonly questions: SceneQuestions;
  /** Mean loss per cell over the last pass. */
  readonly loss: number;
}

const BATCH = 10;
const LEARNING_RATE = 0.004;
/** An object's cell counts as much as this many empty ones, of which there are 18 times more. */
const OBJECT_WEIGHT = 6;

export async function trainScenesEncoder(
  options: TrainScenesEncoderOptions,
): Promise<ScenesEncoderOutcome> {
  const { engine, images, labels, imageSize, channels, epochs, seed } = options;
  assertEngine(engine);
  registerGradients();
  if (labels.length === 0) throw new ModelInputError('No scenes to train the encoder on.');
  const questions = sceneQuestions(labels, imageSize);
  const counts = answerCounts(questions);
  const cells = questions.grid ** 2;
  const rng = Rng.from(seed);
  const plans = scenesParameters(channels, cells, sumOf(counts));
  const weights = toVariables(initialiseParameters(plans, rng.fork('weights')));
  const adam = Adam.over(weights, OPTIMIZER, null);
  const total = labels.length * epochs;
  try {
    let step = 0;
    let done = 0;
    let losses: number[] = [];
    for (let epoch = 0; epoch < epochs; epoch += 1) {
      const epochRng = rng.fork(`epoch ${epoch}`);
      const order = epochRng.shuffle(labels.map((_, i) => i));
      losses = [];
      for (let start = 0; start < order.length; start += BATCH) {
        const indices = order.slice(start, start + BATCH);
        const moves = indices.map(() => drawMove(epochRng));
        const pixels = movedImages(await images(indices), moves, imageSize);
        const answers = indices.flatMap((index, i) =>
          cellAnswers(movedObjects(labels[index] ?? [], moves[i], imageSize), questions),
        );
        step += 1;
        // The rate falls linearly to zero: the end of it brings the last accuracy.
        const rate = LEARNING_RATE * Math.min(1, step / 20) * (1 - done / total);
        const loss = await update(weights, adam, {
          pixels,
          answers,
          counts,
          imageSize,
          step,
          rate,
        });
        losses.push(loss);
        done += indices.length;
        options.onProgress?.({ done, total, loss });
        await breathe();
        if (options.signal?.aborted === true) throw new CancelledError('Training of the encoder');
      }
    }
    const loss = losses.reduce((a, b) => a + b, 0) / losses.length;
    const scale = await measureScale(weights, options);
    return { weights: [...(await toArrays(weights)), ...scale], questions, loss };
  } finally {
    adam.dispose();
    disposeAll(weights);
  }
}

const OPTIMIZER = {
  kind: 'adam',
  learningRate: LEARNING_RATE,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0,
  clip: { kind: 'norm', value: 1 },
} as const;

/** Mean and standard deviation of each channel over the training images. */
async function measureScale(
  weights: ReadonlyMap<string, Variable>,
  { images, labels, imageSize, channels }: TrainScenesEncoderOptions,
): Promise<NamedArray[]> {
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  let count = 0;
  for (let start = 0; start < labels.length; start += BATCH) {
    const indices = labels.slice(start, start + BATCH).map((_, i) => start + i);
    const pixels = await images(indices);
    const features = tidy(() =>
      scenesFeatures(weights, toPatches(pixels, indices.length, imageSize)),
    );
    const values = await features.data();
    features.dispose();
    for (const [i, value] of values.entries()) {
      const channel = i % channels;
      sums[channel] = (sums[channel] ?? 0) + value;
      squares[channel] = (squares[channel] ?? 0) + value * value;
    }
    count += values.length / channels;
    await breathe();
  }
  const mean = Float32Array.from(sums, (sum) => sum / count);
  const deviation = Float32Array.from(squares, (square, channel) =>
    // A channel that never fires stays what it is: zero.
    Math.sqrt(Math.max(square / count - (mean[channel] ?? 0) ** 2, 0) || 1),
  );
  return [
    { name: SCALE.mean, shape: [channels], values: mean },
    { name: SCALE.deviation, shape: [channels], values: deviation },
  ];
}

interface Batch {
  readonly pixels: Uint8Array;
  /** [images * cells][questions] */
  readonly answers: readonly Int32Array[];
  readonly counts: readonly number[];
  readonly imageSize: number;
  readonly step: number;
  readonly rate: number;
}

async function update(
  weights: ReadonlyMap<string, Variable>,
  adam: Adam,
  { pixels, answers, counts, imageSize, step, rate }: Batch,
): Promise<number> {
  const images = pixels.length / (imageSize * imageSize * 3);
  const loss: Scalar = tidy(() => {
    const patches = toPatches(pixels, images, imageSize);
    const targets = tensor2d(weightedTargets(answers, counts), [answers.length, sumOf(counts)]);
    const { value, grads } = variableGrads(() => {
      const logits = scenesLogits(weights, scenesFeatures(weights, patches));
      const logProbs = split<Tensor>(logits, [...counts], 1).map((part) => logSoftmax(part));
      return div(neg(sum(mul(targets, concat(logProbs, 1)))), answers.length);
    }, [...weights.values()]);
    adam.update(grads, tensor1d(adam.nextRates([rate])));
    return value;
  });
  const [value = Number.NaN] = await loss.data();
  loss.dispose();
  if (!Number.isFinite(value)) throw new LossNotFiniteError(step, value);
  return value;
}

/** [cells, all answers]: the cell's weight at the right answer of each question, else 0. */
function weightedTargets(answers: readonly Int32Array[], counts: readonly number[]): Float32Array {
  const width = sumOf(counts);
  const targets = new Float32Array(answers.length * width);
  for (const [row, cell] of answers.entries()) {
    const weight = (cell[0] ?? 0) > 0 ? OBJECT_WEIGHT : 1;
    let start = row * width;
    for (const [question, count] of counts.entries()) {
      targets[start + (cell[question] ?? 0)] = weight;
      start += count;
    }
  }
  return targets;
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((a, b) => a + b, 0);
}
