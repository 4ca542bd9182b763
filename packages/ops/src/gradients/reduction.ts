/** Gradients of sums, means, softmax and matrix products. */
import {
  BatchMatMul,
  Max,
  Mean,
  Min,
  Softmax,
  Sum,
  add,
  backend_util,
  cast,
  div,
  equal,
  matMul,
  mul,
  reshape,
  sub,
  sum,
  util,
  zeros,
  type GradConfig,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { GradientError } from '../errors.js';
import { axesOf, ofOne, pick } from './saved.js';

/** Repeats a reduced gradient along the reduced axes. */
function spread(dy: Tensor, x: Tensor, attrs: object, axisName = 'axis'): Tensor {
  const axes = axesOf(attrs, axisName, x.shape);
  const kept = backend_util.expandShapeToKeepDim(
    x.shape.filter((_, axis) => !axes.includes(axis)),
    axes,
  );
  return add(reshape(dy, kept), zeros(x.shape));
}

/** The gradient goes to every place that has the largest (or smallest) value. */
function extreme(kernelName: string, axisName: string): GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: ofOne((dy, saved, attrs) => {
      const x = pick(saved, 0);
      const isIt = cast(equal(x, spread(pick(saved, 1), x, attrs, axisName)), 'float32');
      return { x: () => mul(spread(dy, x, attrs, axisName), isIt) };
    }),
  };
}

export const reductionGradients: readonly GradConfig[] = [
  {
    kernelName: Sum,
    inputsToSave: ['x'],
    gradFunc: ofOne((dy, saved, attrs) => ({
      x: () => spread(dy, pick(saved, 0), attrs),
    })),
  },
  {
    kernelName: Mean,
    inputsToSave: ['x'],
    gradFunc: ofOne((dy, saved, attrs) => {
      const x = pick(saved, 0);
      const reduced = axesOf(attrs, 'axis', x.shape).map((axis) => x.shape[axis] ?? 1);
      return { x: () => spread(div(dy, util.sizeFromShape(reduced)), x, attrs) };
    }),
  },
  extreme(Max, 'reductionIndices'),
  extreme(Min, 'axis'),
  {
    kernelName: Softmax,
    outputsToSave: [true],
    // dx = y (dy - sum(dy y))
    gradFunc: ofOne((dy, saved) => {
      const y = pick(saved, 0);
      const weighted = mul(dy, y);
      return { logits: () => sub(weighted, mul(sum(weighted, -1, true), y)) };
    }),
  },
  {
    kernelName: BatchMatMul,
    inputsToSave: ['a', 'b'],
    gradFunc: ofOne((dy, saved, attrs) => {
      const [a, b] = [pick(saved, 0), pick(saved, 1)];
      if (a.shape.length !== b.shape.length) {
        throw new GradientError(`matMul of ranks ${a.shape.length} and ${b.shape.length}`);
      }
      const isATransposed = Reflect.get(attrs, 'transposeA') === true;
      const isBTransposed = Reflect.get(attrs, 'transposeB') === true;
      return {
        a: () =>
          isATransposed ? matMul(b, dy, isBTransposed, true) : matMul(dy, b, false, !isBTransposed),
        b: () =>
          isBTransposed ? matMul(dy, a, true, isATransposed) : matMul(a, dy, !isATransposed, false),
      };
    }),
  },
];
