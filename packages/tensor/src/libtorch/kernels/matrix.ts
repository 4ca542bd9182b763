/** Matrix products. */
import * as tf from '@tensorflow/tfjs-core';
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { KernelInputError } from '../../errors.js';
import { endingOf } from './activation.js';
import type { NativeKernel } from './kernel.js';

export const matrixKernels: readonly NativeKernel[] = [
  {
    name: tf.BatchMatMul,
    run: (call) => {
      const [transposeA, transposeB] = [call.flag('transposeA'), call.flag('transposeB')];
      call.binding.matMul(call.id('a'), call.id('b'), transposeA, transposeB);
      return call.result();
    },
  },
  {
    name: tf._FusedMatMul,
    run: (call) => {
      const [transposeA, transposeB] = [call.flag('transposeA'), call.flag('transposeB')];
      const ending = endingOf(call);
      call.binding.fusedMatMul(call.id('a'), call.id('b'), transposeA, transposeB, ...ending);
      return call.result();
    },
  },
  {
    name: tf.Einsum,
    run: (call) => {
      const equation = call.text('equation');
      const operands = call.all();
      // Refuses what TensorFlow.js has no meaning for, such as an index twice in one operand.
      const { idDims } = backend_util.decodeEinsumEquation(equation, operands.length);
      requireSizes(idDims, operands);
      call.binding.einsum(equation.replaceAll(/\s/g, ''), call.ids());
      return call.result();
    },
  },
];

/** @param indices for each operand the number of the index that each of its axes has */
function requireSizes(indices: readonly number[][], operands: readonly TensorInfo[]): void {
  const sizes = new Map<number, number>();
  operands.forEach(({ shape }, operand) => {
    const given = indices[operand] ?? [];
    if (given.length !== shape.length) {
      throw new KernelInputError(
        tf.Einsum,
        `operand ${operand} has rank ${shape.length}, the equation gives it ${given.length}`,
      );
    }
    given.forEach((index, axis) => {
      const size = shape[axis] ?? 0;
      const known = sizes.get(index) ?? size;
      if (known !== size) {
        throw new KernelInputError(
          tf.Einsum,
          `expected dimension ${known} at axis ${axis} of the input shaped ${JSON.stringify(shape)}, but got dimension ${size}`,
        );
      }
      sizes.set(index, size);
    });
  });
}
