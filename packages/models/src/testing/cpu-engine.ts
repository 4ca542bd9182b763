/** tfjs's own CPU backend as the engine of the tests; the test file imports the backend itself. */
import { ready, setBackend } from '@tensorflow/tfjs-core';
import type { Engine } from '../engine.js';

export async function startCpuEngine(): Promise<Engine> {
  await setBackend('cpu');
  await ready();
  return { name: 'cpu', backend: 'cpu' };
}
