import '@tensorflow/tfjs-backend-cpu';
import { ready, setBackend } from '@tensorflow/tfjs-core';
import { describeOps } from './testing/describe-ops.js';

describeOps(async () => {
  await setBackend('cpu');
  await ready();
});
