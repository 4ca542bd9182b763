/** Time of each kernel of the active engine, by wrapping the registered functions. */
import {
  getBackend,
  getKernelsForBackend,
  registerKernel,
  unregisterKernel,
  type KernelFunc,
} from '@tensorflow/tfjs-core';

interface Row {
  calls: number;
  ms: number;
}

const SHOWN = 25;

/**
 * Runs `work` and returns a table of kernel, calls and own time, longest first. Right on engines that
 * compute at once; on CUDA the times are those of launching.
 */
export async function profileKernels(work: () => Promise<void>): Promise<string> {
  const backend = getBackend();
  const configs = getKernelsForBackend(backend);
  const rows = new Map<string, Row>();
  /** Time of the kernels called by those that run, innermost last. */
  const inner: number[] = [];
  for (const config of configs) {
    const timed: KernelFunc = (params) => {
      inner.push(0);
      const started = performance.now();
      const result = config.kernelFunc(params);
      const ms = performance.now() - started;
      const innerMs = inner.pop() ?? 0;
      if (inner.length > 0) inner.push((inner.pop() ?? 0) + ms);
      const name = `${config.kernelName} ${shapes(params.inputs)}`;
      const row = rows.get(name) ?? { calls: 0, ms: 0 };
      rows.set(name, { calls: row.calls + 1, ms: row.ms + ms - innerMs });
      return result;
    };
    unregisterKernel(config.kernelName, backend);
    registerKernel({ ...config, kernelFunc: timed });
  }
  const started = performance.now();
  try {
    await work();
  } finally {
    for (const config of configs) {
      unregisterKernel(config.kernelName, backend);
      registerKernel(config);
    }
  }
  return format(rows, performance.now() - started);
}

function format(rows: ReadonlyMap<string, Row>, totalMs: number): string {
  const sorted = [...rows].toSorted(([, a], [, b]) => b.ms - a.ms);
  const kernelMs = sorted.reduce((sum, [, { ms }]) => sum + ms, 0);
  const calls = sorted.reduce((sum, [, row]) => sum + row.calls, 0);
  const lines = sorted
    .slice(0, SHOWN)
    .map(
      ([name, row]) =>
        `${row.ms.toFixed(2).padStart(9)}  ${String(row.calls).padStart(6)}  ${name}`,
    );
  return [
    `       ms   calls  kernel and shapes of its inputs`,
    ...lines,
    `${kernelMs.toFixed(2).padStart(9)}  ${String(calls).padStart(6)}  all kernels`,
    `${(totalMs - kernelMs).toFixed(2).padStart(9)}          outside of kernels`,
  ].join('\n');
}

function shapes(inputs: object): string {
  return Object.entries(inputs)
    .map(([name, value]) => `${name}${shapeOf(value)}`)
    .join(' ');
}

function shapeOf(value: unknown): string {
  const shape: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'shape') : null;
  return Array.isArray(shape) ? `[${shape.join(',')}]` : '';
}
