/**
 * tanh(x) = 2 sigmoid(2x) - 1. The backend's tanh calls the C library for each element; its sigmoid
 * is XNNPACK's vectorised one, so this is several times faster. Absolute error below 3e-7.
 */
import {
  Sigmoid,
  Tanh,
  type KernelConfig,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { KernelInputError } from '../errors.js';
import { allocate, floatView, inputOf, wasmBackend } from './heap.js';

export function fastTanh(sigmoid: KernelFunc): KernelConfig {
  return {
    kernelName: Tanh,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend }): TensorInfo => {
      const wasm = wasmBackend(Tanh, backend);
      const x = inputOf(Tanh, inputs, 'x');
      const doubled = allocate(wasm, x.shape);
      const from = floatView(Tanh, wasm, x);
      const twice = floatView(Tanh, wasm, doubled);
      for (let i = 0; i < from.length; i += 1) twice[i] = 2 * (from[i] ?? 0);
      const out = sigmoid({ inputs: { x: doubled }, backend });
      wasm.disposeData(doubled.dataId);
      if (Array.isArray(out)) throw new KernelInputError(Sigmoid, 'returned several tensors');
      const values = floatView(Tanh, wasm, out);
      for (let i = 0; i < values.length; i += 1) values[i] = 2 * (values[i] ?? 0) - 1;
      return out;
    },
  };
}
