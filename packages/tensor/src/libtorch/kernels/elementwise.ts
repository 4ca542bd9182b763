/** Kernels that work value by value. */
import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Binding } from '../binding.js';
import { codeOf } from '../dtypes.js';
import { hasNativeInputs, type KernelCall, type NativeKernel } from './kernel.js';

/** Kernels of one input "x" and of two inputs "a" and "b"; the addon knows them by the same names. */
export function elementwiseKernels(binding: Binding): NativeKernel[] {
  const unary = binding.unaryNames().map((name, op): NativeKernel => ({
    name,
    run: (call) => {
      call.binding.unary(op, call.id('x'));
      return call.result();
    },
  }));
  const binary = binding.binaryNames().map((name, op): NativeKernel => ({
    name,
    run: (call) => {
      call.binding.binary(op, call.id('a'), call.id('b'));
      return call.result();
    },
  }));
  const prelu = binding.binaryNames().indexOf(tf.Prelu);
  return [
    ...unary,
    ...binary.filter(({ name }) => name !== tf.Prelu),
    {
      name: tf.Prelu,
      run: (call) => {
        call.binding.binary(prelu, call.id('x'), call.id('alpha'));
        return call.result();
      },
    },
    { name: tf.Cast, run: cast, accepts: isNativeCast, limit: 'float32, int32, bool' },
    {
      name: tf.ClipByValue,
      run: (call) => {
        call.binding.clip(call.id('x'), call.number('clipValueMin'), call.number('clipValueMax'));
        return call.result();
      },
    },
    {
      name: tf.Step,
      run: (call) => {
        call.binding.step(call.id('x'), call.number('alpha'));
        return call.result();
      },
    },
    {
      name: tf.LeakyRelu,
      run: (call) => {
        call.binding.leakyRelu(call.id('x'), call.number('alpha'));
        return call.result();
      },
    },
    {
      name: tf.EluGrad,
      run: (call) => {
        call.binding.eluGradient(call.id('dy'), call.id('y'));
        return call.result();
      },
    },
    {
      name: tf.AddN,
      run: (call) => {
        call.binding.addN(call.ids());
        return call.result();
      },
    },
  ];
}

function isNativeCast(call: KernelCall): boolean {
  return hasNativeInputs(call) && ['float32', 'int32', 'bool'].includes(call.text('dtype'));
}

function cast(call: KernelCall): TensorInfo {
  const dtype = call.text('dtype');
  call.binding.cast(
    call.id('x'),
    codeOf(dtype === 'bool' || dtype === 'int32' ? dtype : 'float32'),
  );
  return call.result();
}
