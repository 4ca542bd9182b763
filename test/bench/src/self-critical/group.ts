/**
 * Group `self-critical`: an update of self-critical training with CIDEr-D, from the images' regions to
 * new weights, and what drawing captions, rewarding them and the update itself take of it. The
 * baseline is the mean of an image's other samples, as by default.
 */
import { FLICKR8K_SIZES } from '../captioning/sizes.js';
import { removeTask } from '../captioning/task-file.js';
import { practise } from '../practice/task.js';
import { BenchError } from '../run/bench-error.js';
import { endAll, startAll, type Started } from '../run/contenders.js';
import type { Group, GroupContext } from '../run/group.js';
import { interleave, median, type Rounds } from '../run/interleave.js';
import { numberIn, textIn } from '../run/line-child.js';
import { markdownTable } from '../run/markdown-table.js';
import type { Result } from '../run/result.js';
import { WITHOUT_PYTORCH } from '../run/speed-over-pytorch.js';
import { partsIn, SAMPLES, type UpdateParts } from './parts.js';

const MODEL = 'arnn';

/** Images of an update. */
const IMAGES = { full: [10, 64], small: [3, 4] } as const;

const ROUNDS: Readonly<Record<'full' | 'small', Omit<Rounds, 'rounds'>>> = {
  full: { burstMs: 1000, budgetMs: 20_000 },
  small: { burstMs: 20, budgetMs: 500 },
};

export const selfCriticalGroup: Group = {
  name: 'self-critical',
  summary: `an update of ARNN by ${SAMPLES} samples of 10 and of 64 images: decode, reward, update`,
  formatTable,
  run: async (context) => {
    const contenders = context.contenders.filter(({ isPytorch }) => !isPytorch);
    const folder = await practise(MODEL, FLICKR8K_SIZES[context.size], context);
    let started: Started[] = [];
    try {
      started = await startAll(contenders, 'self-critical', { task: folder }, context);
      if (started.length === 0) throw new BenchError('No engine can start here.');
      for (const images of IMAGES[context.size]) await measure(images, started, context);
    } finally {
      await endAll(started);
      removeTask(folder);
    }
  },
};

async function measure(
  images: number,
  started: readonly Started[],
  { rounds, size, report }: GroupContext,
): Promise<void> {
  /** Of each burst of each contender, those of the warm-up first. */
  const bursts = started.map((): UpdateParts[][] => []);
  const timings = await interleave(
    started.map(({ child }, index) => ({
      burst: async (count) => {
        const parts = partsIn(await child.ask(`updates ${count} ${images}`));
        bursts[index]?.push(parts);
        return parts.reduce((sum, { totalMs }) => sum + totalMs, 0) / parts.length;
      },
    })),
    { rounds, ...ROUNDS[size] },
  );
  for (const [index, { contender, ready }] of started.entries()) {
    const timing = timings[index];
    if (timing === undefined) continue;
    const timed = (bursts[index] ?? []).slice(-timing.burstMs.length).flat();
    const medianOf = (part: keyof UpdateParts): number => median(timed.map((one) => one[part]));
    report({
      group: 'self-critical',
      name: `${MODEL}, ${images} x ${SAMPLES}`,
      engine: contender.name,
      device: textIn(ready, 'device'),
      value: timing.medianMs,
      unit: 'ms',
      best: timing.bestMs,
      rounds: timing.burstMs.length,
      threads: numberIn(ready, 'threads'),
      version: textIn(ready, 'version'),
      blas: ready['blas'] ?? null,
      ...WITHOUT_PYTORCH,
      decodeMs: medianOf('decodeMs'),
      rewardMs: medianOf('rewardMs'),
      updateMs: medianOf('updateMs'),
      captionsPerSecond: (1000 * images * SAMPLES) / timing.medianMs,
    });
  }
}

function formatTable(results: readonly Result[]): string {
  const numeric = ['decode ms', 'reward ms', 'update ms', 'all ms', 'best ms', 'captions/s'];
  return markdownTable(
    [
      ...['images x samples', 'engine', 'device'].map((name) => ({ name, isText: true })),
      ...numeric.map((name) => ({ name, isText: false })),
    ],
    results.map((result, index) => [
      result.name === results[index - 1]?.name ? '' : result.name,
      result.engine,
      result.device,
      ...[result['decodeMs'], result['rewardMs'], result['updateMs'], result.value, result.best]
        .map(Number)
        .map((ms) => ms.toFixed(1)),
      Number(result['captionsPerSecond']).toFixed(0),
    ]),
  );
}
