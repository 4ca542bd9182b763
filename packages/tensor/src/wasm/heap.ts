/** Typed access to the memory of the wasm backend; the only place that narrows untyped kernel inputs. */
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { DataType, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { KernelInputError } from '../errors.js';

/** Kernels receive their backend as an opaque object. */
export function wasmBackend(kernel: string, backend: unknown): BackendWasm {
  if (backend instanceof BackendWasm) return backend;
  throw new KernelInputError(kernel, 'the tensors do not live on the wasm backend');
}

export function inputOf(kernel: string, inputs: NamedTensorInfoMap, name: string): TensorInfo {
  const input = inputs[name];
  if (input === undefined) throw new KernelInputError(kernel, `input "${name}" is missing`);
  return input;
}

/**
 * View of a float32 tensor's values. Valid only until the next allocation: growing the heap
 * detaches all earlier views.
 */
export function floatView(kernel: string, backend: BackendWasm, info: TensorInfo): Float32Array {
  const view = backend.typedArrayFromHeap(info);
  if (view instanceof Float32Array) return view;
  throw new KernelInputError(kernel, `expected float32, got ${info.dtype}`);
}

/** View of an int32 tensor's values; see `floatView` for its lifetime. */
export function intView(kernel: string, backend: BackendWasm, info: TensorInfo): Int32Array {
  const view = backend.typedArrayFromHeap(info);
  if (view instanceof Int32Array) return view;
  throw new KernelInputError(kernel, `expected int32, got ${info.dtype}`);
}

/** A new, uninitialised tensor. */
export function allocate(
  backend: BackendWasm,
  shape: readonly number[],
  dtype: DataType = 'float32',
): TensorInfo {
  return backend.makeOutput([...shape], dtype);
}

/** The same values under another shape, without a copy and without another reference. */
export function viewAs(info: TensorInfo, shape: readonly number[]): TensorInfo {
  return { dataId: info.dataId, dtype: info.dtype, shape: [...shape] };
}

/** Fails like a kernel would when an attribute is not the number it should be. */
export function numberAttribute(kernel: string, attrs: object | undefined, name: string): number {
  const value: unknown = attrs === undefined ? undefined : Reflect.get(attrs, name);
  if (typeof value === 'number') return value;
  throw new KernelInputError(
    kernel,
    `attribute "${name}" should be a number, got ${String(value)}`,
  );
}
