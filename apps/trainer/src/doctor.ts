/** Starts the engine, multiplies two matrices on it and prints what it is as one line of JSON. */
import { startEngine } from '@capgrid/tensor';
import { dispose, matMul, tensor2d } from '@tensorflow/tfjs-core';
import { readEnv } from './env.js';

const read = readEnv();
if ('problems' in read) {
  process.stderr.write(`${read.problems}\n`);
  process.exit(2);
}
const { name, version, device, threads } = await startEngine(read.env.CAPGRID_ENGINE);
const product = matMul(tensor2d([[1, 2]]), tensor2d([[3], [4]])); // [1, 1]
const [value] = await product.data();
dispose(product);
if (value !== 11) {
  process.stderr.write(`${name} computes 1*3 + 2*4 = ${value}\n`);
  process.exit(1);
}
process.stdout.write(`${JSON.stringify({ engine: name, version, device, threads })}\n`);
