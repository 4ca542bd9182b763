/** Narrows what tfjs-core hands to a gradient: output gradients, kept tensors, attributes. */
import { clone, util, type GradFunc, type NamedAttrMap, type Tensor } from '@tensorflow/tfjs-core';
import { GradientError } from '../errors.js';

/** Gradient of an operation with one output. */
export function ofOne(
  gradient: (
    dy: Tensor,
    saved: Tensor[],
    attrs: NamedAttrMap,
  ) => Readonly<Record<string, () => Tensor>>,
): GradFunc {
  return (dy, saved, attrs) => {
    if (Array.isArray(dy)) throw new GradientError('one output gradient expected, got several');
    return Object.fromEntries(
      Object.entries(gradient(dy, saved, attrs)).map(([input, make]) => [
        input,
        // tfjs-core disposes a gradient once it has been added to another one, so the same tensor
        // must not stand for two inputs.
        () => {
          const dx = make();
          return dx === dy ? clone(dx) : dx;
        },
      ]),
    );
  };
}

/**
 * Gradient of an operation with several outputs, made by one kernel. It runs at once: tfjs-core asks
 * for each input in a tidy of its own, which would free the other results. Inputs that need no
 * gradient are never asked for; their tensors end with the backward pass.
 */
export function ofSeveral(
  gradient: (
    dys: readonly Tensor[],
    saved: readonly Tensor[],
    attrs: NamedAttrMap,
  ) => Readonly<Record<string, Tensor>>,
): GradFunc {
  return (dy, saved, attrs) => {
    const given = new Set<Tensor>();
    return Object.fromEntries(
      Object.entries(gradient(Array.isArray(dy) ? dy : [dy], saved, attrs)).map(([input, dx]) => [
        input,
        // The same tensor must not stand for two inputs, as above.
        () => {
          if (given.has(dx)) return clone(dx);
          given.add(dx);
          return dx;
        },
      ]),
    );
  };
}

export function pick(saved: readonly Tensor[], position: number): Tensor {
  const tensor = saved[position];
  if (tensor === undefined) throw new GradientError(`saved tensor ${position} is missing`);
  return tensor;
}

/** Attributes of a kernel call, narrowed at use. */
export function numberOf(attrs: object, name: string): number {
  const value: unknown = Reflect.get(attrs, name);
  if (typeof value === 'number') return value;
  throw new GradientError(`attribute "${name}" is ${String(value)}, not a number`);
}

/** An axis or a list of axes as non-negative numbers; absent means all. */
export function axesOf(attrs: object, name: string, shape: readonly number[]): number[] {
  const value: unknown = Reflect.get(attrs, name);
  const given = typeof value === 'number' ? [value] : value;
  const axes = Array.isArray(given) ? given.map(Number) : shape.map((_, axis) => axis);
  return util.parseAxisParam(axes, [...shape]);
}

export function numbersOf(attrs: object, name: string): number[] {
  const value: unknown = Reflect.get(attrs, name);
  if (typeof value === 'number') return [value];
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return Array.from(value instanceof Int32Array ? value : Object.values(value), Number);
  }
  throw new GradientError(`attribute "${name}" is ${String(value)}, not a list of numbers`);
}
