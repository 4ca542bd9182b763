/** L_I: from a vector of the image, pooled or attended, to the vocabulary. */
import { matMul, zeros as zerosOf, type Tensor } from '@tensorflow/tfjs-core';
import type { TanhRnnSpec } from '@capgrid/contracts';
import { normalisedRows, weightNormLinear } from '@capgrid/ops';
import { ShapeError } from '../errors.js';
import { ones, xavierIn } from '../initialisers.js';
import { WEIGHT_NORM_EPSILON } from '../output-layer.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';

export interface ImageOutput {
  /** L_I x, [rows, vocabulary] for x [rows, width]; the rows of L_I normalised if asked for. */
  logits(x: Tensor): Tensor;
}

export function imageOutputParameters(
  spec: TanhRnnSpec,
  vocabulary: number,
  width: number,
): ParameterPlan[] {
  return [
    { name: 'imageOutput.weight', shape: [vocabulary, width], start: xavierIn(width) },
    ...(spec.weightNorm === false
      ? []
      : [{ name: 'imageOutput.scale', shape: [vocabulary, 1], start: ones }]),
  ];
}

/** For training, which applies it once per sequence. */
export function trainedImageOutput(spec: TanhRnnSpec, weights: Weights): ImageOutput {
  const weight = weightOf(weights, 'imageOutput.weight');
  return {
    logits: (x) => {
      assertWidth(weight, x);
      if (spec.weightNorm === false) return matMul(x, weight, false, true);
      const scale = weightOf(weights, 'imageOutput.scale');
      const bias = zerosOf([weight.shape[0] ?? 0]);
      return weightNormLinear({ x, weight, scale, bias }, WEIGHT_NORM_EPSILON);
    },
  };
}

/** For decoding, which applies it at each word. */
export class FinishedImageOutput implements ImageOutput {
  private readonly weight: Tensor;

  constructor(spec: TanhRnnSpec, weights: Weights) {
    const weight = weightOf(weights, 'imageOutput.weight');
    this.weight =
      spec.weightNorm === false
        ? weight
        : normalisedRows(weight, weightOf(weights, 'imageOutput.scale'), WEIGHT_NORM_EPSILON);
  }

  logits(x: Tensor): Tensor {
    assertWidth(this.weight, x);
    return matMul(x, this.weight, false, true);
  }
}

function assertWidth({ shape: [, width = 0] }: Tensor, x: Tensor): void {
  if (x.shape[1] === width) return;
  throw new ShapeError(
    'mean regions',
    [x.shape[0] ?? 0, width],
    x.shape,
    'Use the features of the encoder the model was trained on.',
  );
}
