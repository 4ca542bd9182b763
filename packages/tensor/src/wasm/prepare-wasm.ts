/** Loads tfjs-backend-wasm and completes it for training: missing kernels added, slow ones replaced. */
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import {
  Add,
  BatchMatMul,
  Conv2D,
  Conv2DBackpropInput,
  Conv2DBackpropFilter,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  GatherV2,
  Multiply,
  Sigmoid,
  Sub,
  env,
  getKernel,
  registerKernel,
  unregisterKernel,
  type KernelConfig,
  type KernelFunc,
} from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { EngineStartError } from '../errors.js';
import { batchMatMul } from './batch-mat-mul.js';
import { borrowKernel } from './borrow-kernel.js';
import { conv2dBackpropFilter, conv2dBackpropInput } from './conv2d-gradients.js';
import { fastTanh } from './fast-tanh.js';
import { gatherRows } from './gather-rows.js';
import { unsortedSegmentSum } from './unsorted-segment-sum.js';

/** Kernels that training needs, that wasm lacks, and whose speed does not matter here. */
const BORROWED_KERNELS = [
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
] as const;

let isPrepared = false;

export async function prepareWasm(): Promise<void> {
  if (isPrepared) return;
  await import('@tensorflow/tfjs-backend-cpu');
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(join(dirname(main), sep));
  // One thread: the order of additions, and with it every weight, is then the same in each run.
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);

  const multiply = kernelOf(Multiply, 'wasm');
  replace(batchMatMul(kernelOf(BatchMatMul, 'wasm'), multiply));
  replace(gatherRows(kernelOf(GatherV2, 'wasm')));
  replace(fastTanh(kernelOf(Sigmoid, 'wasm'), kernelOf(Add, 'wasm'), kernelOf(Sub, 'wasm')));
  const conv2d = kernelOf(Conv2D, 'wasm');
  replace(conv2dBackpropInput(conv2d, kernelOf(Conv2DBackpropInput, 'wasm')));
  const slowFilterGradient = borrowKernel(
    Conv2DBackpropFilter,
    kernelOf(Conv2DBackpropFilter, 'cpu'),
  );
  registerKernel(conv2dBackpropFilter(conv2d, slowFilterGradient.kernelFunc));
  registerKernel(unsortedSegmentSum);
  for (const name of BORROWED_KERNELS) registerKernel(borrowKernel(name, kernelOf(name, 'cpu')));
  isPrepared = true;
}

function kernelOf(name: string, backend: string): KernelFunc {
  const kernel = getKernel(name, backend);
  if (kernel === undefined || kernel === null) {
    throw new EngineStartError('wasm', {
      cause: new Error(`tfjs-backend-${backend} has no kernel ${name}`),
    });
  }
  return kernel.kernelFunc;
}

/** The setup function of the replaced kernel still has to run: it binds the C++ function. */
function replace(config: KernelConfig): void {
  const before = getKernel(config.kernelName, config.backendName);
  unregisterKernel(config.kernelName, config.backendName);
  registerKernel(before?.setupFunc ? { ...config, setupFunc: before.setupFunc } : config);
}
