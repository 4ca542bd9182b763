/** What a test of an operation needs: inputs, the operation in both forms, and plain loops. */
import type { Tensor } from '@tensorflow/tfjs-core';

export interface CaseInput {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  /** Row-major; for float32 exactly representable in it. */
  readonly values: readonly number[];
}

/** Looks an input up by its name. */
export type TensorOf = (name: string) => Tensor;
export type ValuesOf = (name: string) => readonly number[];

export interface OpCase {
  /** What is special about the inputs. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, CaseInput>>;
  readonly op: (t: TensorOf) => readonly Tensor[];
  /** Its composed form, which returns the same tensors; absent for what has one form only. */
  readonly composed?: (t: TensorOf) => readonly Tensor[];
  /** The same in float64 with plain loops, each tensor row-major. */
  readonly reference: (v: ValuesOf) => readonly (readonly number[])[];
  /** The first so many tensors have gradients. */
  readonly differentiable: number;
}

/** Values of a case, made without randomness: the same in each run, without a pattern that hides an error. */
export function wave(size: number, seed: number, scale = 1): number[] {
  return Array.from({ length: size }, (_, i) =>
    Math.fround(scale * Math.sin(1.7 * (i + 1) * (1 + 0.13 * seed) + 3.1 * seed)),
  );
}

export function float(shape: readonly number[], seed: number, scale = 1): CaseInput {
  return { shape, dtype: 'float32', values: wave(sizeOf(shape), seed, scale) };
}

export function int(values: readonly number[]): CaseInput {
  return { shape: [values.length], dtype: 'int32', values };
}

/** Rows of zeros and ones. */
export function bool(rows: readonly (readonly number[])[]): CaseInput {
  return { shape: [rows.length, rows[0]?.length ?? 0], dtype: 'bool', values: rows.flat() };
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Reads row-major values; an index outside is a mistake of the test. */
export function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`Index ${index} of ${values.length} values.`);
  return value;
}

export function indices(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

export function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Softmax over the places where `isIn`; 0 elsewhere, and everywhere if there is no such place. */
export function softmaxOver(scores: readonly number[], isIn: readonly boolean[]): number[] {
  const top = Math.max(...scores.filter((_, i) => isIn[i]));
  const weights = scores.map((score, i) => (isIn[i] === true ? Math.exp(score - top) : 0));
  const sum = total(weights);
  return weights.map((weight) => (sum === 0 ? 0 : weight / sum));
}
