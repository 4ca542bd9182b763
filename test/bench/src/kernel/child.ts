/** Times single operations of one engine, on request; the same lines as pytorch/kernel.py. */
import {
  add,
  engine as tfEngine,
  fill,
  getBackend,
  getKernel,
  matMul,
  ones,
} from '@tensorflow/tfjs-core';
import { serveLines } from '../run/serve-lines.js';
import { startChildEngine, type EngineChoice } from '../run/start-child-engine.js';

const options = JSON.parse(process.argv[2] ?? '{}') as EngineChoice;
const engine = await startChildEngine(options);
const one = ones([1]);
const rows = ones([64, 512]);
const square = fill([1024, 1024], 1 / 1024);

await serveLines(
  { version: engine.version, device: engine.device, threads: engine.threads, blas: engine.blas },
  {
    'add-1': (count) => measure(() => add(one, one).dispose(), count),
    'add-1-kernel': (count) => measure(addKernel(), count),
    'add-64x512': (count) => measure(() => add(rows, rows).dispose(), count),
    'matmul-1024': (count) => measure(() => matMul(square, square).dispose(), count),
  },
);

/** Mean time of one operation, the release of its result included. */
async function measure(operation: () => void, count: number): Promise<{ us: number }> {
  const started = performance.now();
  for (let i = 0; i < count; i += 1) operation();
  // A result read after them: on CUDA the queue has to drain first.
  const end = add(one, one);
  await end.data();
  end.dispose();
  return { us: (1000 * (performance.now() - started)) / count };
}

/** The kernel alone, without what tfjs-core does around it for each operation. */
function addKernel(): () => void {
  const kernel = getKernel('Add', getBackend());
  const { backend } = tfEngine();
  return () => {
    const result = kernel.kernelFunc({ inputs: { a: one, b: one }, backend, attrs: {} });
    for (const { dataId } of [result].flat()) backend.disposeData(dataId);
  };
}
