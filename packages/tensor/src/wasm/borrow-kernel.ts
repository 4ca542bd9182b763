/** Runs a kernel of tfjs-backend-cpu on tensors of the wasm backend by copying data across. */
import {
  findBackend,
  type DataId,
  type KernelBackend,
  type KernelConfig,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { KernelInputError } from '../errors.js';
import { wasmBackend } from './heap.js';

/** `kernelFunc` is the CPU backend's implementation of `kernelName`. */
export function borrowKernel(kernelName: string, kernelFunc: KernelFunc): KernelConfig {
  return {
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }): TensorInfo | TensorInfo[] => {
      const wasm = wasmBackend(kernelName, backend);
      const cpu = cpuBackend(kernelName, findBackend('cpu'));
      const cpuInputs: Record<string, TensorInfo> = {};
      for (const [name, info] of Object.entries(inputs)) {
        if (info !== undefined) cpuInputs[name] = copyIn(wasm, cpu, info);
      }
      const result = kernelFunc({ inputs: cpuInputs, backend: cpu, ...(attrs && { attrs }) });
      const outputs = Array.isArray(result) ? result : [result];
      const back = outputs.map((info) => copyOut(cpu, wasm, info));
      for (const { dataId } of new Set([...outputs, ...Object.values(cpuInputs)])) {
        free(cpu, dataId);
      }
      const [only] = back;
      return Array.isArray(result) || only === undefined ? back : only;
    },
  };
}

function cpuBackend(kernelName: string, backend: KernelBackend): MathBackendCPU {
  if (backend instanceof MathBackendCPU) return backend;
  throw new KernelInputError(kernelName, 'the CPU backend to borrow from is not registered');
}

function copyIn(wasm: BackendWasm, cpu: MathBackendCPU, info: TensorInfo): TensorInfo {
  const dataId = cpu.write(wasm.readSync(info.dataId), info.shape, info.dtype);
  return { dataId, shape: info.shape, dtype: info.dtype };
}

function copyOut(cpu: MathBackendCPU, wasm: BackendWasm, info: TensorInfo): TensorInfo {
  return wasm.makeOutput(info.shape, info.dtype, undefined, cpu.readSync(info.dataId));
}

function free(cpu: MathBackendCPU, dataId: DataId): void {
  if (cpu.data.has(dataId)) cpu.disposeData(dataId, true);
}
