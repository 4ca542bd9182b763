/** Gradients of the elementwise operations the models use. */
import {
  Abs,
  Add,
  Cast,
  ClipByValue,
  Exp,
  Log,
  Maximum,
  Minimum,
  Multiply,
  Neg,
  Pow,
  RealDiv,
  Relu,
  Rsqrt,
  Select,
  Sigmoid,
  Sqrt,
  Square,
  Sub,
  Tanh,
  add,
  broadcast_util,
  cast,
  div,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  logicalAnd,
  mul,
  neg,
  pow,
  reshape,
  sign,
  square,
  step,
  sub,
  sum,
  where,
  zerosLike,
  type GradConfig,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { numberOf, ofOne, pick } from './saved.js';

/** Sums a gradient over the axes along which `input` was broadcast. */
function unbroadcast(dy: Tensor, input: Tensor): Tensor {
  const axes = broadcast_util.getReductionAxes(input.shape, dy.shape);
  return axes.length === 0 && dy.shape.length === input.shape.length
    ? dy
    : reshape(sum(dy, axes), input.shape);
}

export const elementwiseGradients: readonly GradConfig[] = [
  {
    kernelName: Add,
    inputsToSave: ['a', 'b'],
    gradFunc: ofOne((dy, saved) => ({
      a: () => unbroadcast(dy, pick(saved, 0)),
      b: () => unbroadcast(dy, pick(saved, 1)),
    })),
  },
  {
    kernelName: Sub,
    inputsToSave: ['a', 'b'],
    gradFunc: ofOne((dy, saved) => ({
      a: () => unbroadcast(dy, pick(saved, 0)),
      b: () => neg(unbroadcast(dy, pick(saved, 1))),
    })),
  },
  {
    kernelName: Multiply,
    inputsToSave: ['a', 'b'],
    gradFunc: ofOne((dy, saved) => {
      const [a, b] = [pick(saved, 0), pick(saved, 1)];
      return {
        a: () => unbroadcast(mul(dy, b), a),
        b: () => unbroadcast(mul(dy, a), b),
      };
    }),
  },
  {
    kernelName: RealDiv,
    inputsToSave: ['a', 'b'],
    gradFunc: ofOne((dy, saved) => {
      const [a, b] = [pick(saved, 0), pick(saved, 1)];
      return {
        a: () => unbroadcast(div(dy, b), a),
        b: () => neg(unbroadcast(div(mul(dy, a), square(b)), b)),
      };
    }),
  },
  {
    kernelName: Maximum,
    inputsToSave: ['a', 'b'],
    gradFunc: ofOne((dy, saved) => {
      const [a, b] = [pick(saved, 0), pick(saved, 1)];
      return {
        a: () => unbroadcast(mul(dy, cast(greaterEqual(a, b), 'float32')), a),
        b: () => unbroadcast(mul(dy, cast(less(a, b), 'float32')), b),
      };
    }),
  },
  {
    kernelName: Minimum,
    inputsToSave: ['a', 'b'],
    gradFunc: ofOne((dy, saved) => {
      const [a, b] = [pick(saved, 0), pick(saved, 1)];
      return {
        a: () => unbroadcast(mul(dy, cast(lessEqual(a, b), 'float32')), a),
        b: () => unbroadcast(mul(dy, cast(greater(a, b), 'float32')), b),
      };
    }),
  },
  {
    kernelName: Pow,
    inputsToSave: ['a', 'b'],
    outputsToSave: [true],
    gradFunc: ofOne((dy, saved) => {
      const [a, b, y] = [pick(saved, 0), pick(saved, 1), pick(saved, 2)];
      return {
        a: () => unbroadcast(mul(dy, mul(b, pow(a, sub(b, 1)))), a),
        // a^b log a, taken as 0 where the logarithm does not exist.
        b: () => unbroadcast(mul(dy, where(greater(a, 0), mul(y, log(a)), zerosLike(y))), b),
      };
    }),
  },
  {
    kernelName: Select,
    inputsToSave: ['condition'],
    gradFunc: ofOne((dy, saved) => {
      const condition = pick(saved, 0);
      return {
        t: () => where(condition, dy, zerosLike(dy)),
        e: () => where(condition, zerosLike(dy), dy),
      };
    }),
  },
  {
    kernelName: ClipByValue,
    inputsToSave: ['x'],
    gradFunc: ofOne((dy, saved, attrs) => {
      const x = pick(saved, 0);
      const isInside = logicalAnd(
        greaterEqual(x, numberOf(attrs, 'clipValueMin')),
        lessEqual(x, numberOf(attrs, 'clipValueMax')),
      );
      return { x: () => where(isInside, dy, zerosLike(dy)) };
    }),
  },
  {
    kernelName: Abs,
    inputsToSave: ['x'],
    gradFunc: ofOne((dy, saved) => ({ x: () => mul(dy, sign(pick(saved, 0))) })),
  },
  {
    kernelName: Neg,
    gradFunc: ofOne((dy) => ({ x: () => neg(dy) })),
  },
  {
    kernelName: Cast,
    gradFunc: ofOne((dy) => ({ x: () => dy })),
  },
  {
    kernelName: Tanh,
    outputsToSave: [true],
    gradFunc: ofOne((dy, saved) => ({
      x: () => sub(dy, mul(dy, square(pick(saved, 0)))),
    })),
  },
  {
    kernelName: Sigmoid,
    outputsToSave: [true],
    gradFunc: ofOne((dy, saved) => {
      const y = pick(saved, 0);
      return { x: () => mul(dy, sub(y, square(y))) };
    }),
  },
  {
    kernelName: Relu,
    inputsToSave: ['x'],
    gradFunc: ofOne((dy, saved) => ({ x: () => mul(dy, step(pick(saved, 0))) })),
  },
  {
    kernelName: Exp,
    outputsToSave: [true],
    gradFunc: ofOne((dy, saved) => ({ x: () => mul(dy, pick(saved, 0)) })),
  },
  {
    kernelName: Log,
    inputsToSave: ['x'],
    gradFunc: ofOne((dy, saved) => ({ x: () => div(dy, pick(saved, 0)) })),
  },
  {
    kernelName: Square,
    inputsToSave: ['x'],
    gradFunc: ofOne((dy, saved) => ({
      x: () => mul(dy, add(pick(saved, 0), pick(saved, 0))),
    })),
  },
  {
    kernelName: Sqrt,
    outputsToSave: [true],
    gradFunc: ofOne((dy, saved) => ({
      x: () => div(dy, mul(pick(saved, 0), 2)),
    })),
  },
  {
    kernelName: Rsqrt,
    outputsToSave: [true],
    // d x^(-1/2) = -1/2 x^(-3/2)
    gradFunc: ofOne((dy, saved) => ({
      x: () => mul(dy, mul(mul(square(pick(saved, 0)), pick(saved, 0)), -0.5)),
    })),
  },
];
