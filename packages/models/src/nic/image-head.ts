/** From the mean region of an image to the first input of the LSTM: x_{-1} = W_I f + b. */
import { add, matMul, mul, neg, relu, sub, type Tensor } from '@tensorflow/tfjs-core';
import type { NicSpec } from '@capgrid/contracts';
import type { CaptionerSizes, ImageTensors } from '../captioner/captioner.js';
import { dropoutPlan, dropped, noiseOf, type Noise, type NoisePlan } from '../captioner/noise.js';
import { rowsOf } from '../captioner/rows.js';
import { ShapeError } from '../errors.js';
import { batchNorm, batchNormParameters } from '../image/batch-norm.js';
import { meanRegion } from '../image/regions.js';
import { xavierAverage, zeros } from '../initialisers.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';

/** Share of the batch in the moving averages, as in the PyTorch tutorials that have this head. */
const MOMENTUM = 0.01;
const NAME = 'head';
/** Slope of PReLU below zero at the start (He et al. 2015). */
const SLOPE = 0.25;

export interface HeadOutput {
  /** [rows, embed] */
  readonly vector: Tensor;
  /** New moving averages, by the names of their weights; empty but in training with batch norm. */
  readonly updates: ReadonlyMap<string, Tensor>;
}

export function headParameters(
  { head, embed }: NicSpec,
  { channels }: CaptionerSizes,
): ParameterPlan[] {
  const layers =
    head.kind === 'linear'
      ? linearParameters('head', channels, embed)
      : [
          ...linearParameters('head.first', channels, head.hidden),
          { name: 'head.slope', shape: [head.hidden], start: slopes },
          ...linearParameters('head.second', head.hidden, embed),
        ];
  return head.batchNorm ? [...layers, ...batchNormParameters(NAME, embed)] : layers;
}

export function headNoise({ head }: NicSpec): NoisePlan[] {
  if (head.kind === 'linear') return [];
  return dropoutPlan('head', head.dropout, (_steps, size) => [size, head.hidden]);
}

/** `noise`: of `headNoise`; null at validation and decoding. */
export function imageVector(
  spec: NicSpec,
  weights: Weights,
  images: ImageTensors,
  noise: Noise | null,
): HeadOutput {
  const { head } = spec;
  const byRow = rowsOf(images);
  const isTraining = noise !== null;
  const pooled = meanRegion(images.features, images.mask); // [images, channels]
  // Batch norm counts the rows, and captions of one image have dropout of their own.
  if (head.kind === 'linear') {
    return normalised(spec, weights, byRow(linear(weights, 'head', pooled)), isTraining);
  }
  const inner = prelu(linear(weights, 'head.first', pooled), weightOf(weights, 'head.slope'));
  const second = (x: Tensor): Tensor => linear(weights, 'head.second', x);
  const mask = noiseOf(noise, headNoise(spec), 'head');
  const vector = mask === null ? byRow(second(inner)) : second(dropped(byRow(inner), mask));
  return normalised(spec, weights, vector, isTraining);
}

function normalised(
  { head }: NicSpec,
  weights: Weights,
  x: Tensor,
  isTraining: boolean,
): HeadOutput {
  if (!head.batchNorm) return { vector: x, updates: new Map() };
  const settings = { name: NAME, momentum: MOMENTUM, isTraining };
  const { normalised: vector, updates } = batchNorm(weights, x, null, settings);
  return { vector, updates };
}

/** max(0, x) + a min(0, x) (He et al. 2015, eq. 1), one slope a for each unit. */
function prelu(x: Tensor, slope: Tensor): Tensor {
  return sub(relu(x), mul(slope, relu(neg(x))));
}

function linearParameters(name: string, from: number, to: number): ParameterPlan[] {
  return [
    { name: `${name}.weight`, shape: [from, to], start: xavierAverage(from, to) },
    { name: `${name}.bias`, shape: [to], start: zeros },
  ];
}

function linear(weights: Weights, name: string, x: Tensor): Tensor {
  const weight = weightOf(weights, `${name}.weight`);
  const [expected = 0] = weight.shape;
  if (x.shape[1] !== expected) {
    throw new ShapeError(
      'mean regions',
      [x.shape[0] ?? 0, expected],
      x.shape,
      'Use the features of the encoder the model was trained on.',
    );
  }
  return add(matMul(x, weight), weightOf(weights, `${name}.bias`));
}

function slopes(_rng: unknown, size: number): Float32Array {
  return new Float32Array(size).fill(SLOPE);
}
