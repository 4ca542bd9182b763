/** What the libtorch backend keeps behind one tfjs DataId. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { NativeDtype } from './dtypes.js';

/** Values in native memory. tfjs tensors of several shapes may share them. */
export interface NativeData {
  readonly kind: 'native';
  readonly id: number;
  readonly dtype: NativeDtype;
  readonly shape: number[];
  /** The same values under other shapes; freed together with `id`. */
  readonly views: { readonly shape: readonly number[]; readonly id: number }[];
  refCount: number;
}

/** Strings stay in JavaScript. */
export interface StringData {
  readonly kind: 'string';
  readonly values: Uint8Array[];
  refCount: number;
}

/** Complex numbers are two tensors. */
export interface ComplexData {
  readonly kind: 'complex';
  readonly real: TensorInfo;
  readonly imag: TensorInfo;
  refCount: number;
}

export type StoredData = NativeData | StringData | ComplexData;

export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis += 1) if (a[axis] !== b[axis]) return false;
  return true;
}
