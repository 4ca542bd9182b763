/** The weights of a layer plan as its convolutions read them. */
import {
  reshape,
  tensor,
  tidy,
  transpose,
  type Rank,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { ConvolutionLayer } from '@capgrid/contracts';
import { EncoderPlanError } from '../errors.js';
import type { NamedArray } from '../parameters.js';

export interface Filter {
  /** [k, k, in, out], or [k, k, in, 1] for depthwise ones */
  readonly weight: Tensor4D;
  readonly bias: Tensor; // [out]
}

/** The arrays of a layer in the file: OIHW, and C1HW for depthwise filters. */
export function filterArrays(
  { name, weight, bias }: ConvolutionLayer,
  arrays: ReadonlyMap<string, NamedArray>,
): { readonly weight: NamedArray; readonly bias: NamedArray } {
  return { weight: arrayOf(name, arrays, weight), bias: arrayOf(name, arrays, bias) };
}

/** `weight`: [out, in (or 1), k, k], as in the file. */
export function asFilter(op: ConvolutionLayer['op'], weight: Tensor, bias: Tensor): Filter {
  const [out = 0, channels = 0, rows = 0, columns = 0] = weight.shape;
  const filter = reshape<Rank.R4>(weight, [out, channels, rows, columns]);
  return { weight: transpose(filter, ORDER[op]), bias };
}

/** On the engine; the caller disposes of both tensors. */
export function loadFilter(
  layer: ConvolutionLayer,
  arrays: ReadonlyMap<string, NamedArray>,
): Filter {
  const { weight, bias } = filterArrays(layer, arrays);
  const bias_ = tensor(bias.values);
  return {
    weight: tidy(() => asFilter(layer.op, tensor(weight.values, [...weight.shape]), bias_).weight),
    bias: bias_,
  };
}

/** From the file's order to tfjs's. */
const ORDER: Record<ConvolutionLayer['op'], number[]> = {
  conv: [2, 3, 1, 0],
  dwconv: [2, 3, 0, 1],
};

function arrayOf(layer: string, arrays: ReadonlyMap<string, NamedArray>, name: string): NamedArray {
  const array = arrays.get(name);
  if (array !== undefined) return array;
  throw new EncoderPlanError(layer, `the weights file has no array "${name}".`);
}
