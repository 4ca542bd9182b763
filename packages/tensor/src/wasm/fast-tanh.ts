/**
 * tanh(x) = 2 sigmoid(2x) - 1. The backend's tanh calls the C library for each element; its sigmoid
 * is XNNPACK's vectorised one, so this is several times faster. Absolute error below 3e-7.
 */
import {
  Tanh,
  type KernelConfig,
  type KernelFunc,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { KernelInputError } from '../errors.js';
import { inputOf, wasmBackend } from './heap.js';

export function fastTanh(sigmoid: KernelFunc, add: KernelFunc, sub: KernelFunc): KernelConfig {
  return {
    kernelName: Tanh,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend }): TensorInfo => {
      const wasm = wasmBackend(Tanh, backend);
      const x = inputOf(Tanh, inputs, 'x');
      const run = (kernel: KernelFunc, operands: NamedTensorInfoMap): TensorInfo =>
        single(kernel({ inputs: operands, backend: wasm }));
      const one = wasm.makeOutput([], 'float32', undefined, Float32Array.of(1));
      const doubled = run(add, { a: x, b: x });
      const squashed = run(sigmoid, { x: doubled });
      const stretched = run(add, { a: squashed, b: squashed });
      const out = run(sub, { a: stretched, b: one });
      for (const info of [one, doubled, squashed, stretched]) wasm.disposeData(info.dataId);
      return out;
    },
  };
}

function single(result: TensorInfo | TensorInfo[]): TensorInfo {
  if (Array.isArray(result)) throw new KernelInputError(Tanh, 'a part returned several tensors');
  return result;
}
