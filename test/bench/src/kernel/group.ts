/** Group `kernel`: what one operation costs, small ones for the overhead and a large product. */
import { BenchError } from '../run/bench-error.js';
import { endAll, startAll, type Started } from '../run/contenders.js';
import type { Group, GroupContext } from '../run/group.js';
import { interleave } from '../run/interleave.js';
import { numberIn, textIn } from '../run/line-child.js';
import { speedOverPytorch } from '../run/speed-over-pytorch.js';

/** Multiplications and additions of [1024, 1024] x [1024, 1024], in units of 1e9. */
const MATMUL_GIGAFLOP = (2 * 1024 ** 3) / 1e9;

interface Operation {
  readonly name: string;
  readonly unit: 'us' | 'GFLOP/s';
  /** From the time of one operation. */
  readonly value: (ms: number) => number;
  /** PyTorch has no such part. */
  readonly isForEnginesOnly?: boolean;
}

const microseconds = (ms: number) => 1000 * ms;

const OPERATIONS: readonly Operation[] = [
  { name: 'add-1', unit: 'us', value: microseconds },
  { name: 'add-1-kernel', unit: 'us', value: microseconds, isForEnginesOnly: true },
  { name: 'add-64x512', unit: 'us', value: microseconds },
  { name: 'matmul-1024', unit: 'GFLOP/s', value: (ms) => (1000 * MATMUL_GIGAFLOP) / ms },
];

export const kernelGroup: Group = {
  name: 'kernel',
  summary:
    'single operations: a tiny sum (and its kernel alone), 64 x 512, a product of 1024 x 1024',
  run: async (context) => {
    const started = await startAll(context.contenders, 'kernel', {}, context);
    try {
      if (started.length === 0) throw new BenchError('No engine can start here.');
      for (const operation of OPERATIONS) {
        const hasPart = ({ contender }: Started) =>
          operation.isForEnginesOnly !== true || !contender.isPytorch;
        await measure(operation, started.filter(hasPart), context);
      }
    } finally {
      await endAll(started);
    }
  },
};

async function measure(
  operation: Operation,
  started: readonly Started[],
  { rounds, size, report }: GroupContext,
): Promise<void> {
  const timings = await interleave(
    started.map(({ child }) => ({
      burst: async (count) => numberIn(await child.ask(`${operation.name} ${count}`), 'us') / 1000,
    })),
    { rounds, burstMs: size === 'full' ? 200 : 5, budgetMs: 10_000 },
  );
  for (const [index, { contender, ready }] of started.entries()) {
    const timing = timings[index];
    if (timing === undefined) continue;
    report({
      group: 'kernel',
      name: operation.name,
      engine: contender.name,
      device: textIn(ready, 'device'),
      value: operation.value(timing.medianMs),
      unit: operation.unit,
      best: operation.value(timing.bestMs),
      rounds: timing.burstMs.length,
      threads: numberIn(ready, 'threads'),
      version: textIn(ready, 'version'),
      blas: ready['blas'] ?? null,
      ...speedOverPytorch(timing, started, timings),
    });
  }
}
