/** Times single operations of one engine, on request; the same lines as pytorch/kernel.py. */
import type { EngineKind } from '@capgrid/tensor';
import { add, fill, matMul, ones, type Tensor } from '@tensorflow/tfjs-core';
import { serveLines } from '../run/serve-lines.js';
import { startChildEngine } from '../run/start-child-engine.js';

const options = JSON.parse(process.argv[2] ?? '{}') as { readonly engine: EngineKind };
const engine = await startChildEngine(options.engine);
const one = ones([1]);
const rows = ones([64, 512]);
const square = fill([1024, 1024], 1 / 1024);

await serveLines(
  { version: engine.version, device: engine.device, threads: engine.threads },
  {
    'add-1': (count) => measure(() => add(one, one), Number(count)),
    'add-64x512': (count) => measure(() => add(rows, rows), Number(count)),
    'matmul-1024': (count) => measure(() => matMul(square, square), Number(count)),
  },
);

/** Mean time of one operation, the release of its result included. */
async function measure(operation: () => Tensor, count: number): Promise<{ us: number }> {
  const started = performance.now();
  for (let i = 0; i < count; i += 1) operation().dispose();
  // A result read after them: on CUDA the queue has to drain first.
  const end = add(one, one);
  await end.data();
  end.dispose();
  return { us: (1000 * (performance.now() - started)) / count };
}
