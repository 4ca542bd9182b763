import '@tensorflow/tfjs-backend-cpu';
import { GatherV2, Sum, getGradient, registerGradient } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { registerGradients } from './register-gradients.js';

test('a gradient that the user has registered stays', () => {
  const own = { kernelName: GatherV2, inputsToSave: ['x', 'indices'], gradFunc: () => ({}) };
  registerGradient(own);
  registerGradients();
  expect(getGradient(GatherV2)).toBe(own);
  expect(getGradient(Sum)).toBeDefined();
});
