/** Gradients of the operations that move, join and look up values. */
import {
  Concat,
  ExpandDims,
  GatherV2,
  Identity,
  Pack,
  PadV2,
  Reshape,
  Slice,
  SplitV,
  Tile,
  Transpose,
  Unpack,
  backend_util,
  concat,
  pad,
  reshape,
  slice,
  split,
  stack,
  sum,
  transpose,
  unsortedSegmentSum,
  unstack,
  util,
  type GradConfig,
  type Rank,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { GradientError } from '../errors.js';
import { numberOf, numbersOf, ofOne, pick } from './saved.js';

const toShapeOfInput: Omit<GradConfig, 'kernelName'> = {
  inputsToSave: ['x'],
  gradFunc: ofOne((dy, saved) => ({ x: () => reshape(dy, pick(saved, 0).shape) })),
};

/**
 * Gradient of an operation with a list of inputs: one function per position. The parts are made at
 * once, since tfjs-core runs each function in a tidy of its own.
 */
function perPosition(parts: readonly Tensor[]): Record<string, () => Tensor> {
  return Object.fromEntries(parts.map((part, i) => [String(i), () => part]));
}

export const structureGradients: readonly GradConfig[] = [
  { kernelName: Reshape, ...toShapeOfInput },
  {
    kernelName: ExpandDims,
    inputsToSave: ['input'],
    gradFunc: ofOne((dy, saved) => ({
      input: () => reshape(dy, pick(saved, 0).shape),
    })),
  },
  { kernelName: Identity, gradFunc: ofOne((dy) => ({ x: () => dy })) },
  {
    kernelName: Concat,
    saveAllInputs: true,
    gradFunc: ofOne((dy, saved, attrs) => {
      const axis = util.parseAxisParam(numberOf(attrs, 'axis'), pick(saved, 0).shape)[0] ?? 0;
      const sizes = saved.map((part) => part.shape[axis] ?? 0);
      return perPosition(split(dy, sizes, axis));
    }),
  },
  {
    kernelName: SplitV,
    gradFunc: (dy: Tensor | Tensor[], _saved: Tensor[], attrs) => ({
      x: () => concat(Array.isArray(dy) ? dy : [dy], numberOf(attrs, 'axis')),
    }),
  },
  {
    kernelName: Pack,
    saveAllInputs: true,
    gradFunc: ofOne((dy, _saved, attrs) => perPosition(unstack(dy, numberOf(attrs, 'axis')))),
  },
  {
    kernelName: Unpack,
    gradFunc: (dy: Tensor | Tensor[], _saved: Tensor[], attrs) => ({
      value: () => stack(Array.isArray(dy) ? dy : [dy], numberOf(attrs, 'axis')),
    }),
  },
  {
    kernelName: Slice,
    inputsToSave: ['x'],
    gradFunc: ofOne((dy, saved, attrs) => {
      const x = pick(saved, 0);
      const begin = numbersOf(attrs, 'begin');
      const padding = x.shape.map((size, axis): [number, number] => {
        const before = begin[axis] ?? 0;
        return [before, size - before - (dy.shape[axis] ?? 0)];
      });
      return { x: () => pad(dy, padding) };
    }),
  },
  {
    kernelName: PadV2,
    inputsToSave: ['x'],
    gradFunc: ofOne((dy, saved, attrs) => {
      const paddings: unknown = Reflect.get(attrs, 'paddings');
      if (!Array.isArray(paddings)) throw new GradientError('attribute "paddings" is not a list');
      const begin = paddings.map((pair: unknown) => (Array.isArray(pair) ? Number(pair[0]) : 0));
      return { x: () => slice(dy, begin, pick(saved, 0).shape) };
    }),
  },
  {
    kernelName: Transpose,
    gradFunc: ofOne((dy, _saved, attrs) => ({
      x: () => transpose(dy, backend_util.getUndoAxesPermutation(numbersOf(attrs, 'perm'))),
    })),
  },
  {
    kernelName: Tile,
    inputsToSave: ['x'],
    gradFunc: ofOne((dy, saved, attrs) => {
      const { shape } = pick(saved, 0);
      const reps = numbersOf(attrs, 'reps');
      // [r0 s0, r1 s1] -> [r0, s0, r1, s1], summed over the repetitions
      const unfolded = shape.flatMap((size, axis) => [reps[axis] ?? 1, size]);
      const repeated = shape.map((_, axis) => 2 * axis);
      return { x: () => reshape(sum(reshape(dy, unfolded), repeated), shape) };
    }),
  },
  {
    kernelName: GatherV2,
    inputsToSave: ['x', 'indices'],
    gradFunc: ofOne((dy, saved, attrs) => {
      const batchDims = numberOf(attrs, 'batchDims');
      if (batchDims !== 0) {
        throw new GradientError(
          `a lookup with batchDims ${batchDims} has none, only one with 0 has`,
        );
      }
      return {
        x: () => gatherGradient(dy, pick(saved, 0), pick(saved, 1), numberOf(attrs, 'axis')),
      };
    }),
  },
];

/** Adds each part of `dy` to the part of x that it was looked up from. */
function gatherGradient(dy: Tensor, x: Tensor, indices: Tensor, axis: number): Tensor {
  const [along = 0] = util.parseAxisParam(axis, x.shape);
  const count = util.sizeFromShape(indices.shape);
  const before = util.sizeFromShape(x.shape.slice(0, along));
  const after = util.sizeFromShape(x.shape.slice(along + 1));
  const found = x.shape[along] ?? 0;
  const parts = swapped(dy, before, count, after); // [count, before * after]
  const sums = unsortedSegmentSum(parts, reshape<Rank.R1>(indices, [count]), found);
  return reshape(swapped(sums, found, before, after), x.shape);
}

/** [a, b, c] -> [b, a c]; with one a or b, the order of the numbers is the same. */
function swapped(x: Tensor, a: number, b: number, c: number): Tensor {
  const inOrder = a === 1 || b === 1 ? x : transpose(reshape(x, [a, b, c]), [1, 0, 2]);
  return reshape(inOrder, [b, a * c]);
}
