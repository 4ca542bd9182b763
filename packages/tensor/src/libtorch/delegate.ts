/** Runs a kernel of tfjs-backend-cpu on tensors of this backend by copying data across. */
import {
  findBackend,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { EngineStartError, KernelInputError } from '../errors.js';
import type { LibtorchBackend } from './backend.js';

export function delegate(
  backend: LibtorchBackend,
  kernelFunc: KernelFunc,
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap | undefined,
): TensorInfo | TensorInfo[] {
  if (backend.recording !== null) {
    throw new KernelInputError(
      'libtorch',
      'a kernel without a native form, which computes on the CPU, cannot be recorded',
    );
  }
  const cpu = cpuBackend();
  // Lists of inputs stay lists: some kernels of the CPU backend use array methods on them.
  const names = Object.keys(inputs);
  const copied: NamedTensorInfoMap = Array.isArray(inputs) ? Object.assign([]) : {};
  const taken: TensorInfo[] = [];
  const copy = (info: TensorInfo): TensorInfo => {
    const copied = copyIn(backend, cpu, info);
    taken.push(copied);
    return copied;
  };
  const outputs: TensorInfo[] = [];
  try {
    for (const name of names) {
      const info = inputs[name];
      if (info === undefined) continue;
      // Against its type, tfjs hands lists of tensors to the kernels of ragged tensors.
      copied[name] = Array.isArray(info) ? Object.assign(info.map(copy)) : copy(info);
    }
    const result = kernelFunc({ inputs: copied, backend: cpu, ...(attrs && { attrs }) });
    outputs.push(...(Array.isArray(result) ? result : [result]));
    const back = outputs.map((info) => copyOut(cpu, backend, info));
    const [only] = back;
    return Array.isArray(result) || only === undefined ? back : only;
  } finally {
    for (const dataId of new Set([...outputs, ...taken].map((info) => info.dataId))) {
      if (cpu.data.has(dataId)) cpu.disposeData(dataId, true);
    }
  }
}

function cpuBackend(): MathBackendCPU {
  const backend = findBackend('cpu');
  if (backend instanceof MathBackendCPU) return backend;
  throw new EngineStartError('libtorch', {
    cause: new Error('tfjs-backend-cpu, which runs the rarer kernels, is not registered'),
  });
}

function copyIn(from: LibtorchBackend, to: MathBackendCPU, info: TensorInfo): TensorInfo {
  if (info.dtype !== 'complex64') {
    const dataId = to.write(from.readSync(info.dataId), info.shape, info.dtype);
    // Some kernels ask for the rank, which only tensors have.
    return Object.assign(
      { dataId, shape: info.shape, dtype: info.dtype },
      { rank: info.shape.length },
    );
  }
  const parts = from.complexParts(info);
  const joined = to.makeTensorInfo(info.shape, 'complex64');
  to.data.get(joined.dataId).complexTensorInfos = {
    real: copyIn(from, to, parts.real),
    imag: copyIn(from, to, parts.imag),
  };
  return joined;
}

function copyOut(from: MathBackendCPU, to: LibtorchBackend, info: TensorInfo): TensorInfo {
  const { complexTensorInfos: parts } = from.data.get(info.dataId);
  if (parts === undefined || parts === null) {
    return to.upload(from.readSync(info.dataId), info.shape, info.dtype);
  }
  return to.joinComplex(
    copyOut(from, to, { ...parts.real, shape: info.shape }),
    copyOut(from, to, { ...parts.imag, shape: info.shape }),
  );
}
