/**
 * Gradients of a convolution with stride 1, SAME padding and odd kernels as convolutions themselves,
 * so that they run on XNNPACK. Other convolutions go the slow way (`fallback`).
 */
import {
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  type KernelConfig,
  type KernelFunc,
  type NamedAttrMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { KernelInputError } from '../errors.js';
import { allocate, floatView, inputOf, wasmBackend } from './heap.js';

/** dx = dy * W turned by 180 degrees, input and output channels swapped. */
export function conv2dBackpropInput(conv2d: KernelFunc, fallback: KernelFunc): KernelConfig {
  return {
    kernelName: Conv2DBackpropInput,
    backendName: 'wasm',
    kernelFunc: (call): TensorInfo | TensorInfo[] => {
      const { inputs, attrs, backend } = call;
      const wasm = wasmBackend(Conv2DBackpropInput, backend);
      const dy = inputOf(Conv2DBackpropInput, inputs, 'dy'); // [batch, h, w, out]
      const filter = inputOf(Conv2DBackpropInput, inputs, 'filter'); // [kh, kw, in, out]
      if (!isSimple(attrs, filter.shape)) return fallback(call);
      const turned = turnedFilter(wasm, filter);
      const dx = conv2d({ inputs: { x: dy, filter: turned }, backend, attrs: SAME });
      wasm.disposeData(turned.dataId);
      return dx;
    },
  };
}

/**
 * dW[i, j, c, o] = sum over batch, h, w of x[., h + i - p, w + j - p, c] dy[., h, w, o]: a valid
 * convolution whose "images" are the input channels and whose "channels" are the batch.
 */
export function conv2dBackpropFilter(conv2d: KernelFunc, fallback: KernelFunc): KernelConfig {
  return {
    kernelName: Conv2DBackpropFilter,
    backendName: 'wasm',
    kernelFunc: (call): TensorInfo | TensorInfo[] => {
      const { inputs, attrs, backend } = call;
      const wasm = wasmBackend(Conv2DBackpropFilter, backend);
      const x = inputOf(Conv2DBackpropFilter, inputs, 'x'); // [batch, h, w, in]
      const dy = inputOf(Conv2DBackpropFilter, inputs, 'dy'); // [batch, h, w, out]
      const shape: unknown = attrs?.['filterShape'];
      const [kh = 0, kw = 0, channels = 0, outputs = 0] = Array.isArray(shape)
        ? shape.map(Number)
        : [];
      if (!isSimple(attrs, [kh, kw])) return fallback(call);
      const planes = channelPlanes(wasm, x, (kh - 1) / 2, (kw - 1) / 2);
      const kernel = batchLast(wasm, dy);
      const result = conv2d({ inputs: { x: planes, filter: kernel }, backend, attrs: VALID });
      if (Array.isArray(result)) {
        throw new KernelInputError(Conv2D, 'returned several tensors');
      }
      // [in, kh, kw, out] -> [kh, kw, in, out]
      const out = allocate(wasm, [kh, kw, channels, outputs]);
      const from = floatView(Conv2DBackpropFilter, wasm, result);
      const to = floatView(Conv2DBackpropFilter, wasm, out);
      for (let c = 0; c < channels; c += 1) {
        for (let place = 0; place < kh * kw; place += 1) {
          const start = (c * kh * kw + place) * outputs;
          to.set(from.subarray(start, start + outputs), (place * channels + c) * outputs);
        }
      }
      for (const info of [planes, kernel, result]) wasm.disposeData(info.dataId);
      return out;
    },
  };
}

const SAME: NamedAttrMap = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };
const VALID: NamedAttrMap = { ...SAME, pad: 'valid' };

function isSimple(attrs: NamedAttrMap | undefined, filterShape: readonly number[]): boolean {
  const strides: unknown = attrs?.['strides'];
  const [stepDown, stepRight] = Array.isArray(strides) ? strides : [strides, strides];
  const [kh = 0, kw = 0] = filterShape;
  return (
    stepDown === 1 &&
    stepRight === 1 &&
    attrs?.['pad'] === 'same' &&
    attrs['dataFormat'] === 'NHWC' &&
    kh % 2 === 1 &&
    kw % 2 === 1
  );
}

/** [kh, kw, in, out] -> [kh, kw, out, in], turned by 180 degrees. */
function turnedFilter(backend: BackendWasm, filter: TensorInfo): TensorInfo {
  const [kh = 0, kw = 0, channels = 0, outputs = 0] = filter.shape;
  const out = allocate(backend, [kh, kw, outputs, channels]);
  const from = floatView(Conv2DBackpropInput, backend, filter);
  const to = floatView(Conv2DBackpropInput, backend, out);
  const places = kh * kw;
  for (let place = 0; place < places; place += 1) {
    const source = place * channels * outputs;
    const target = (places - 1 - place) * channels * outputs;
    for (let c = 0; c < channels; c += 1) {
      for (let o = 0; o < outputs; o += 1) {
        to[target + o * channels + c] = from[source + c * outputs + o] ?? 0;
      }
    }
  }
  return out;
}

/** [batch, h, w, c] -> [c, h + 2 top, w + 2 left, batch], zeros around. */
function channelPlanes(backend: BackendWasm, x: TensorInfo, top: number, left: number): TensorInfo {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const out = allocate(backend, [channels, height + 2 * top, width + 2 * left, batch]);
  const from = floatView(Conv2DBackpropFilter, backend, x);
  const to = floatView(Conv2DBackpropFilter, backend, out);
  to.fill(0);
  const rowStride = (width + 2 * left) * batch;
  const planeStride = (height + 2 * top) * rowStride;
  let source = 0;
  for (let b = 0; b < batch; b += 1) {
    for (let i = 0; i < height; i += 1) {
      let target = (i + top) * rowStride + left * batch + b;
      for (let j = 0; j < width; j += 1) {
        for (let c = 0; c < channels; c += 1) {
          to[target + c * planeStride] = from[source] ?? 0;
          source += 1;
        }
        target += batch;
      }
    }
  }
  return out;
}

/** [batch, h, w, out] -> [h, w, batch, out] */
function batchLast(backend: BackendWasm, dy: TensorInfo): TensorInfo {
  const [batch = 0, height = 0, width = 0, outputs = 0] = dy.shape;
  const out = allocate(backend, [height, width, batch, outputs]);
  const from = floatView(Conv2DBackpropFilter, backend, dy);
  const to = floatView(Conv2DBackpropFilter, backend, out);
  const places = height * width;
  for (let b = 0; b < batch; b += 1) {
    for (let place = 0; place < places; place += 1) {
      const start = (b * places + place) * outputs;
      to.set(from.subarray(start, start + outputs), (place * batch + b) * outputs);
    }
  }
  return out;
}
