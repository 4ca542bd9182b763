/**
 * The small convolutional net of the synthetic scenes: 4x4 patches, three stages of 3x3
 * convolutions with 2x2 patches merged between them, down to one cell per 16x16 pixels.
 */
import {
  add,
  conv2d,
  div,
  matMul,
  mean,
  mul,
  relu,
  reshape,
  rsqrt,
  square,
  sub,
  tensor2d,
  transpose,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { ModelInputError } from '../errors.js';
import { heUniform, xavierAverage, zeros } from '../initialisers.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';

/** Arrays beside the learned ones: mean and standard deviation of each feature channel. */
export const SCALE = { mean: 'feature.mean', deviation: 'feature.deviation' } as const;

/** Pixels per side of a cell of the feature map. */
export const CELL = 16;
const PATCH = 4;
/** Red, green, blue, and how much the pixel differs from the background. */
const INPUTS = 4;
const PATCH_VALUES = PATCH * PATCH * INPUTS;
const NORM_EPSILON = 1e-3;
const WIDTHS = { first: 24, second: 48 } as const;

export function scenesParameters(
  channels: number,
  cells: number,
  classes: number,
): ParameterPlan[] {
  const { first, second } = WIDTHS;
  return [
    { name: 'patch.weight', shape: [PATCH_VALUES, first], start: heUniform(PATCH_VALUES) },
    { name: 'patch.bias', shape: [first], start: zeros },
    ...convolution('stage1', first, first),
    { name: 'merge1.weight', shape: [4 * first, second], start: heUniform(4 * first) },
    { name: 'merge1.bias', shape: [second], start: zeros },
    ...convolution('stage2', second, second),
    { name: 'merge2.weight', shape: [4 * second, channels], start: heUniform(4 * second) },
    { name: 'merge2.bias', shape: [channels], start: zeros },
    ...convolution('stage3', channels, channels),
    // Where a cell lies: without it, no feature could tell left from right.
    { name: 'position', shape: [cells, channels], start: zeros },
    { name: 'head.weight', shape: [channels, classes], start: xavierAverage(channels, classes) },
    { name: 'head.bias', shape: [classes], start: zeros },
  ];
}

/** `patches`: [images, grid, grid, 64] from `toPatches`. Returns [images, cells, channels], >= 0. */
export function scenesFeatures(weights: Weights, patches: Tensor): Tensor {
  const [images = 0, grid = 0] = patches.shape;
  const x1 = convolved(weights, 'stage1', dense(weights, 'patch', patches, [images, grid, grid]));
  const half = grid / 2;
  const x2 = convolved(
    weights,
    'stage2',
    dense(weights, 'merge1', merged(x1), [images, half, half]),
  );
  const quarter = grid / 4;
  const x3 = dense(weights, 'merge2', merged(x2), [images, quarter, quarter]);
  const context = conv2d(asImages(x3), asImages(weightOf(weights, 'stage3.weight')), 1, 'same');
  const channels = x3.shape[3] ?? 0;
  const placed = add(
    add(reshape(context, [images, quarter * quarter, channels]), weightOf(weights, 'stage3.bias')),
    weightOf(weights, 'position'),
  );
  return relu(add(placed, reshape(x3, [images, quarter * quarter, channels])));
}

/**
 * Features with mean 0 and deviation 1 per channel. Raw ones share a large common part, and a
 * captioner needs about twice the updates to see past it.
 */
export function standardised(weights: Weights, features: Tensor): Tensor {
  const centred = sub(features, weightOf(weights, SCALE.mean));
  return div(centred, weightOf(weights, SCALE.deviation));
}

/** [images * cells, classes], from features as `scenesFeatures` gives them. */
export function scenesLogits(weights: Weights, features: Tensor): Tensor {
  const channels = features.shape[2] ?? 0;
  const rows = reshape(features, [features.size / channels, channels]);
  return add(matMul(rows, weightOf(weights, 'head.weight')), weightOf(weights, 'head.bias'));
}

/**
 * RGB bytes [images, size, size, 3] to values of -1 to 1, one row per 4x4 patch. The fourth value of
 * a pixel is its contrast with the image's median colour: a shape then looks the same in any colour.
 */
export function toPatches(pixels: Uint8Array, images: number, size: number): Tensor {
  if (size % CELL !== 0 || pixels.length !== images * size * size * 3) {
    throw new ModelInputError(
      `${pixels.length} bytes are not ${images} RGB images of ${size}x${size} pixels, or the size is no multiple of ${CELL}.`,
    );
  }
  const grid = size / PATCH;
  const values = new Float32Array(images * grid * grid * PATCH_VALUES);
  let to = 0;
  for (let image = 0; image < images; image += 1) {
    const start = image * size * size * 3;
    const background = medianColour(pixels.subarray(start, start + size * size * 3));
    for (let row = 0; row < grid; row += 1) {
      for (let column = 0; column < grid; column += 1) {
        for (let line = 0; line < PATCH; line += 1) {
          let from = start + ((row * PATCH + line) * size + column * PATCH) * 3;
          for (let i = 0; i < PATCH; i += 1) {
            let contrast = 0;
            for (const [channel, usual] of background.entries()) {
              const value = pixels[from + channel] ?? 0;
              values[to + channel] = value / 127.5 - 1;
              contrast = Math.max(contrast, Math.abs(value - usual));
            }
            // Half of the range is a full contrast: colours differ from gray by no more.
            values[to + 3] = Math.min(1, contrast / 63.75 - 1);
            to += INPUTS;
            from += 3;
          }
        }
      }
    }
  }
  return reshape(tensor2d(values, [images * grid * grid, PATCH_VALUES]), [
    images,
    grid,
    grid,
    PATCH_VALUES,
  ]);
}

/** Per channel; objects cover less than half of a scene, so this is the background. */
function medianColour(pixels: Uint8Array): [number, number, number] {
  const counts = [new Uint32Array(256), new Uint32Array(256), new Uint32Array(256)] as const;
  for (let i = 0; i < pixels.length; i += 3) {
    for (const [channel, histogram] of counts.entries()) {
      const value = pixels[i + channel] ?? 0;
      histogram[value] = (histogram[value] ?? 0) + 1;
    }
  }
  const half = pixels.length / 6;
  const median = (histogram: Uint32Array): number => {
    let seen = 0;
    return histogram.findIndex((count) => (seen += count) >= half);
  };
  return [median(counts[0]), median(counts[1]), median(counts[2])];
}

function convolution(name: string, from: number, to: number): ParameterPlan[] {
  return [
    { name: `${name}.weight`, shape: [3, 3, from, to], start: heUniform(9 * from) },
    { name: `${name}.bias`, shape: [to], start: zeros },
  ];
}

/** A 3x3 convolution with ReLU and a shortcut around both. */
function convolved(weights: Weights, name: string, x: Tensor): Tensor {
  const y = conv2d(asImages(x), asImages(weightOf(weights, `${name}.weight`)), 1, 'same');
  return add(x, relu(add(normalised(y), weightOf(weights, `${name}.bias`))));
}

/** A matrix product over the last axis, with bias and ReLU. */
function dense(weights: Weights, name: string, x: Tensor, place: readonly number[]): Tensor {
  const width = x.shape.at(-1) ?? 0;
  const weight = weightOf(weights, `${name}.weight`);
  const y = matMul(reshape(x, [x.size / width, width]), weight);
  return reshape(relu(add(normalised(y), weightOf(weights, `${name}.bias`))), [
    ...place,
    weight.shape[1] ?? 0,
  ]);
}

/**
 * Layer normalisation over the channels (Ba et al. 2016) without gain; it makes the short training
 * converge several times faster.
 */
function normalised(x: Tensor): Tensor {
  const centred = sub(x, mean(x, -1, true));
  const variance = mean(square(centred), -1, true);
  return mul(centred, rsqrt(add(variance, NORM_EPSILON)));
}

/** [images, h, w, c] -> [images, h / 2, w / 2, 4 c] */
function merged(x: Tensor): Tensor {
  const [images = 0, height = 0, width = 0, channels = 0] = x.shape;
  const rows = reshape(x, [images * (height / 2), 2, width / 2, 2 * channels]);
  return reshape(transpose(rows, [0, 2, 1, 3]), [images, height / 2, width / 2, 4 * channels]);
}

function asImages(x: Tensor): Tensor4D {
  return reshape(x, [x.shape[0] ?? 1, x.shape[1] ?? 1, x.shape[2] ?? 1, x.shape[3] ?? 1]);
}
