/** Writes the table of kernels into the package's README.md: `npm run kernel-table`. */
import { findBackend } from '@tensorflow/tfjs-core';
import { readFile, writeFile } from 'node:fs/promises';
import { startEngine } from './engine.js';
import { LibtorchBackend } from './libtorch/backend.js';
import { withKernelTable } from './libtorch/kernel-table.js';

const README = new URL('../README.md', import.meta.url);

await startEngine('libtorch', { device: 'cpu' });
const backend = findBackend('libtorch');
if (backend instanceof LibtorchBackend) {
  await writeFile(README, withKernelTable(await readFile(README, 'utf8'), backend.binding));
}
