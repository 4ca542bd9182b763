/** Attributes of convolutions and poolings, and the numbers the addon wants of them. */
import { backend_util } from '@tensorflow/tfjs-core';
import { KernelInputError } from '../../errors.js';
import type { Ids } from '../binding.js';
import type { KernelCall } from './kernel.js';

type Pair = [number, number];
type Triple = [number, number, number];
type Quad = [number, number, number, number];
type Quint = [number, number, number, number, number];

/** Window over two axes of a 4-D tensor of `shape`, with a filter of `filterShape`. */
export function convolutionWindow(
  call: KernelCall,
  shape: readonly number[],
  filterShape: readonly number[],
  isDepthwise: boolean,
): Ids {
  const hasChannelsFirst = call.attribute('dataFormat') === 'NCHW';
  const info = backend_util.computeConv2DInfo(
    quad(shape),
    quad(filterShape),
    pair(call.numbers('strides')),
    pair(dilationsOf(call)),
    paddingOf(call),
    roundingOf(call),
    isDepthwise,
    hasChannelsFirst ? 'channelsFirst' : 'channelsLast',
  );
  return flat2D(info, hasChannelsFirst);
}

/** Window over three axes of a 5-D tensor, channels last. */
export function convolution3DWindow(
  call: KernelCall,
  shape: readonly number[],
  filterShape: readonly number[],
): Ids {
  const info = backend_util.computeConv3DInfo(
    quint(shape),
    quint(filterShape),
    triple(call.numbers('strides')),
    triple(dilationsOf(call)),
    plainPaddingOf(call),
  );
  return flat3D(info);
}

/** Window of a pooling of a 4-D or 5-D tensor, channels last. */
export function poolingWindow(call: KernelCall, shape: readonly number[]): Ids {
  if (shape.length === 4) {
    const info = backend_util.computePool2DInfo(
      quad(shape),
      pair(call.numbers('filterSize')),
      pair(call.numbers('strides')),
      1,
      paddingOf(call),
      roundingOf(call),
    );
    return flat2D(info, false);
  }
  const info = backend_util.computePool3DInfo(
    quint(shape),
    triple(call.numbers('filterSize')),
    triple(call.numbers('strides')),
    1,
    plainPaddingOf(call),
    roundingOf(call),
  );
  return flat3D(info);
}

function flat2D(info: backend_util.Conv2DInfo, hasChannelsFirst: boolean): Ids {
  return [hasChannelsFirst ? 1 : 0, ...heightOf(info), ...widthOf(info)];
}

function flat3D(info: backend_util.Conv3DInfo): Ids {
  const { front, back } = info.padInfo;
  const { filterDepth, strideDepth, dilationDepth, outDepth } = info;
  const depth = [filterDepth, strideDepth, dilationDepth, front, back, outDepth];
  return [0, ...depth, ...heightOf(info), ...widthOf(info)];
}

type PlaneInfo = backend_util.Conv2DInfo | backend_util.Conv3DInfo;

function heightOf(info: PlaneInfo): number[] {
  const { top, bottom } = info.padInfo;
  const { filterHeight, strideHeight, dilationHeight, outHeight } = info;
  return [filterHeight, strideHeight, dilationHeight, top, bottom, outHeight];
}

function widthOf(info: PlaneInfo): number[] {
  const { left, right } = info.padInfo;
  const { filterWidth, strideWidth, dilationWidth, outWidth } = info;
  return [filterWidth, strideWidth, dilationWidth, left, right, outWidth];
}

function dilationsOf(call: KernelCall): number[] {
  return (call.attribute('dilations') ?? null) === null ? [1] : call.numbers('dilations');
}

function plainPaddingOf(call: KernelCall): 'same' | 'valid' | number {
  const pad = paddingOf(call);
  if (typeof pad !== 'object') return pad;
  throw new KernelInputError('pad', 'three axes of space take same, valid or one number');
}

function paddingOf(call: KernelCall): 'same' | 'valid' | number | backend_util.ExplicitPadding {
  const pad = call.attribute('pad');
  if (typeof pad === 'number') return pad;
  if (pad === 'same') return 'same';
  if (pad === 'valid') return 'valid';
  const numbers = call.numbers('pad');
  const [batch, top, left, last] = [0, 2, 4, 6].map((at) => numbers.slice(at, at + 2));
  return [pair(batch), pair(top), pair(left), pair(last)];
}

function roundingOf(call: KernelCall): 'floor' | 'round' | 'ceil' | undefined {
  const mode = call.attribute('dimRoundingMode');
  return (['floor', 'round', 'ceil'] as const).find((known) => known === mode);
}

function pair(values: readonly number[] = []): Pair {
  const [first = 0, second = first] = values;
  return [first, second];
}

function triple(values: readonly number[]): Triple {
  const [first = 0, second = first, third = first] = values;
  return [first, second, third];
}

function quad(values: readonly number[]): Quad {
  const [a = 0, b = 0, c = 0, d = 0] = values;
  if (values.length === 4) return [a, b, c, d];
  throw new KernelInputError('shape', `[${values.join(', ')}] should have rank 4`);
}

function quint(values: readonly number[]): Quint {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = values;
  if (values.length === 5) return [a, b, c, d, e];
  throw new KernelInputError('shape', `[${values.join(', ')}] should have rank 5`);
}
