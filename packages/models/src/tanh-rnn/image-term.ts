/**
 * What an image adds to the logits of the output sum: L_I I with I the mean of its raw regions, the
 * same at every word, or L_I z_t with z_t the sum of its projected regions weighted by dot attention.
 */
import {
  add,
  broadcastTo,
  expandDims,
  matMul,
  mul,
  reshape,
  squeeze,
  transpose,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { TanhRnnSpec } from '@capgrid/contracts';
import { attendPrepared, maskedSoftmax, prepareHeads } from '@capgrid/ops';
import type {
  CaptionerSizes,
  ExtraLoss,
  ImageTensors,
  RowTensors,
} from '../captioner/captioner.js';
import type { Noise, NoisePlan } from '../captioner/noise.js';
import { rowsOf } from '../captioner/rows.js';
import { locationNoise, locationsOf } from '../hard-attention/locations.js';
import { baselineParameters, reinforce } from '../hard-attention/reinforce.js';
import { meanRegion, projectRegions, regionParameters } from '../image/regions.js';
import type { ParameterPlan, Weights } from '../parameters.js';
import { imageOutputParameters, type ImageOutput } from './image-output.js';

export interface ImageTerm<Prepared extends RowTensors> {
  /** Once per batch of images, for the rows that look at them. */
  readonly prepare: (images: ImageTensors, output: ImageOutput) => Prepared;
  /** What it draws in a training step. */
  readonly noise: readonly NoisePlan[];
  /** `logits` [steps * size, vocabulary] plus the term; `h`: [steps * size, hidden], time-major. */
  readonly addTo: (
    logits: Tensor,
    prepared: Prepared,
    h: Tensor,
    step: { readonly output: ImageOutput; readonly steps: number; readonly noise: Noise | null },
  ) => Summed;
}

export interface Summed {
  /** [steps * size, vocabulary] */
  readonly logits: Tensor;
  /** [steps, size, regions]; null without attention. */
  readonly alpha: (() => Tensor) | null;
  readonly extraLoss: ExtraLoss | null;
}

export function imageTermParameters(spec: TanhRnnSpec, sizes: CaptionerSizes): ParameterPlan[] {
  const isAttending = spec.attention.kind === 'dot';
  const { vocabulary, channels } = sizes;
  const width = isAttending ? spec.hidden : channels;
  return [
    ...(isAttending ? regionParameters(spec, sizes, spec.hidden, false) : []),
    ...imageOutputParameters(spec, vocabulary, width),
    ...baselineParameters(spec),
  ];
}

type PooledImage = {
  /** [rows, vocabulary]: L_I I */
  readonly logits: Tensor;
};

export function pooledImage(): ImageTerm<PooledImage> {
  return {
    noise: [],
    prepare: (images, output) => {
      const ofImages = output.logits(meanRegion(images.features, images.mask));
      return { logits: rowsOf(images)(ofImages) };
    },
    addTo: (logits, prepared, _h, { steps }) => {
      const [rows = 0, vocabulary = 0] = logits.shape;
      const byStep = reshape(logits, [steps, rows / steps, vocabulary]);
      const sum = reshape(add(byStep, prepared.logits), logits.shape);
      return { logits: sum, alpha: null, extraLoss: null };
    },
  };
}

type AttendedImage = {
  /** Keys and values at once; in soft attention as `prepareHeads` lays them out. */
  readonly regions: Tensor;
  /** bool [rows, regions], false where a region is padding; null where none is. */
  readonly mask: Tensor | null;
};

/** beta_i = softmax(a_i^T h), z = sum_i beta_i a_i. All words of a sequence attend at once. */
export function attendedImage(spec: TanhRnnSpec, weights: Weights): ImageTerm<AttendedImage> {
  const { hidden, attention } = spec;
  const heads = 1;
  const scale = attention.isScaled ? 1 / Math.sqrt(hidden) : 1;
  return {
    noise: [],
    prepare: (images) => {
      const { memory, mask } = projectRegions(spec, weights, images);
      const byRow = rowsOf(images);
      return { regions: byRow(prepareHeads(memory, heads)), mask: byRow(mask) };
    },
    addTo: (logits, { regions, mask }, h, { output, steps }) => {
      const size = (h.shape[0] ?? 0) / steps;
      const query = transpose(reshape(h, [steps, size, hidden]), [1, 0, 2]); // [size, steps, hidden]
      const { context, alpha } = attendPrepared(
        { query, keys: regions, values: regions, ...(mask === null ? {} : { mask }) },
        { heads, scale },
      );
      const z = reshape(transpose(context, [1, 0, 2]), [steps * size, hidden]);
      return {
        logits: add(logits, output.logits(z)),
        alpha: () => transpose(squeeze(alpha, [1]), [1, 0, 2]),
        extraLoss: null,
      };
    },
  };
}

/** z = a_s, with s drawn from beta (Xu et al. 2015, section 4.1). The state knows nothing of it. */
export function drawnImage(spec: TanhRnnSpec, weights: Weights): ImageTerm<AttendedImage> {
  const { hidden, attention, hard } = spec;
  const plans = locationNoise(spec);
  const scale = hard.inverseTemperature * (attention.isScaled ? 1 / Math.sqrt(hidden) : 1);
  return {
    noise: plans,
    prepare: (images) => {
      const { memory, mask } = projectRegions(spec, weights, images);
      const byRow = rowsOf(images);
      return { regions: byRow(memory), mask: byRow(mask) };
    },
    addTo: (logits, { regions, mask }, h, { output, steps, noise }) => {
      const [size = 0, count = 0] = regions.shape;
      const query = byImage(reshape(h, [steps, size, hidden]));
      const scores = matMul(mul(query, scale), regions, false, true); // [size, steps, regions]
      const seen = mask === null ? null : broadcastTo(expandDims(mask, 1), scores.shape);
      const alpha = byImage(maskedSoftmax(scores, seen)); // [steps, size, regions]
      const { chooseAll, coin } = locationsOf(spec, noise, plans);
      const chosen = chooseAll(reshape(alpha, [steps * size, count]));
      const seenAt = matMul(byImage(reshape(chosen.weights, alpha.shape)), regions);
      const z = reshape(byImage(seenAt), [steps * size, hidden]);
      const drawn =
        chosen.drawn === null || coin === null
          ? null
          : { alpha, locations: reshape(chosen.drawn, alpha.shape), coin };
      return {
        logits: add(logits, output.logits(z)),
        alpha: () => alpha,
        extraLoss: drawn === null ? null : reinforce(hard, weights, drawn),
      };
    },
  };
}

/** [steps, size, n] to [size, steps, n] and back. */
function byImage(x: Tensor): Tensor {
  return transpose(x, [1, 0, 2]);
}
