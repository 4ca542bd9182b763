/** Codes of dtypes across the native boundary; the same numbers stand in native/src/engine.h. */
import type { DataType } from '@tensorflow/tfjs-core';
import { KernelInputError } from '../errors.js';

/** dtypes that have a native tensor; strings and complex numbers do not. */
export type NativeDtype = 'float32' | 'int32' | 'bool';
export type NativeArray = Float32Array | Int32Array | Uint8Array;

const DTYPES: readonly NativeDtype[] = ['float32', 'int32', 'bool'];

export function isNativeDtype(dtype: unknown): dtype is NativeDtype {
  return dtype === 'float32' || dtype === 'int32' || dtype === 'bool';
}

export function codeOf(dtype: DataType): number {
  const code = isNativeDtype(dtype) ? DTYPES.indexOf(dtype) : -1;
  if (code < 0) throw new KernelInputError('libtorch', `no native tensor has the dtype ${dtype}`);
  return code;
}

export function dtypeOf(code: number | undefined): NativeDtype {
  const dtype = DTYPES[code ?? -1];
  if (dtype === undefined) throw new KernelInputError('libtorch', `unknown dtype code ${code}`);
  return dtype;
}

export function emptyArray(dtype: NativeDtype, size: number): NativeArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(size);
    case 'int32':
      return new Int32Array(size);
    case 'bool':
      return new Uint8Array(size);
  }
}

/** `values` in the array type of `dtype`, without a copy where it is that already. */
export function arrayOf(dtype: NativeDtype, values: ArrayLike<number>): NativeArray {
  switch (dtype) {
    case 'float32':
      return values instanceof Float32Array ? values : Float32Array.from(values);
    case 'int32':
      return values instanceof Int32Array ? values : Int32Array.from(values);
    case 'bool':
      return values instanceof Uint8Array ? values : Uint8Array.from(values);
  }
}
