/**
 * Group `batch`: what a training step and a beam search take with batches of 16 to 512. Each size
 * takes its turn on one engine: captions per second are the same once the engine has enough to do.
 * A batch of 64 is the same work as in the group `decode`.
 */
import { MODEL_NAMES, type ModelName } from '../captioning/models.js';
import { FLICKR8K_SIZES, type Sizes } from '../captioning/sizes.js';
import { removeTask } from '../captioning/task-file.js';
import { practise } from '../practice/task.js';
import type { Started } from '../run/contenders.js';
import { firstEngine } from '../run/first-engine.js';
import type { Group, GroupContext } from '../run/group.js';
import { interleave, type Rounds } from '../run/interleave.js';
import { numberIn, textIn } from '../run/line-child.js';
import { markdownTable } from '../run/markdown-table.js';
import type { Result } from '../run/result.js';
import { WITHOUT_PYTORCH } from '../run/speed-over-pytorch.js';
import { formatValue } from '../run/table.js';
import { writeTrainTask } from '../train/task.js';

const BATCHES = { full: [16, 32, 64, 128, 256, 512], small: [2, 4] } as const;

const BEAM = 3;

const ROUNDS: Readonly<Record<'full' | 'small', Omit<Rounds, 'rounds'>>> = {
  full: { burstMs: 500, budgetMs: 60_000 },
  small: { burstMs: 20, budgetMs: 500 },
};

/** What is asked of a child: `count` times with the first `batch` captions or images. */
type Question = (count: number, batch: number) => string;

export const batchGroup: Group = {
  name: 'batch',
  summary: `training step and beam search (${BEAM}) at batch 16 to 512 on the first engine`,
  formatTable,
  run: async (context) => {
    const batches = BATCHES[context.size];
    const sizes = { ...FLICKR8K_SIZES[context.size], batch: Math.max(...batches) };
    for (const name of MODEL_NAMES) {
      await measureSteps(name, sizes, context);
      await measureSearch(name, sizes, context);
    }
  },
};

async function measureSteps(name: ModelName, sizes: Sizes, context: GroupContext): Promise<void> {
  const { folder } = writeTrainTask(name, sizes);
  const question: Question = (count, batch) => `steps ${count} ${batch}`;
  await measure('train', `${name}, training step`, folder, question, context);
}

async function measureSearch(name: ModelName, sizes: Sizes, context: GroupContext): Promise<void> {
  const folder = await practise(name, sizes, context);
  const question: Question = (count, batch) => `search ${count} ${BEAM} ${batch}`;
  await measure('decode', `${name}, beam ${BEAM}`, folder, question, context);
}

/** Removes the folder of the task. */
async function measure(
  group: 'train' | 'decode',
  name: string,
  task: string,
  question: Question,
  { contenders, note, size, rounds, report }: GroupContext,
): Promise<void> {
  const batches = BATCHES[size];
  let started: Started | null = null;
  try {
    started = await firstEngine(contenders, group, { task }, note);
    const { contender, child, ready } = started;
    const timings = await interleave(
      batches.map((batch) => ({
        burst: async (count) => numberIn(await child.ask(question(count, batch)), 'ms'),
      })),
      { rounds, ...ROUNDS[size] },
    );
    for (const [index, batch] of batches.entries()) {
      const timing = timings[index];
      if (timing === undefined) continue;
      report({
        group: 'batch',
        name,
        engine: contender.name,
        device: textIn(ready, 'device'),
        value: (1000 * batch) / timing.medianMs,
        unit: 'captions/s',
        best: (1000 * batch) / timing.bestMs,
        rounds: timing.burstMs.length,
        threads: numberIn(ready, 'threads'),
        version: textIn(ready, 'version'),
        blas: ready['blas'] ?? null,
        ...WITHOUT_PYTORCH,
        batch,
        batchMs: timing.medianMs,
      });
    }
  } finally {
    await started?.child.end();
    removeTask(task);
  }
}

/** Two lines for each kind of work, of the median and of the fastest round; a column for each batch. */
function formatTable(results: readonly Result[]): string {
  const batches = [...new Set(results.map((result) => Number(result['batch'])))];
  const names = [...new Set(results.map(({ name }) => name))];
  return markdownTable(
    [
      ...['captions/s at batch', 'engine', 'device'].map((name) => ({ name, isText: true })),
      ...batches.map((batch) => ({ name: String(batch), isText: false })),
    ],
    names.flatMap((name) => {
      const own = results.filter((result) => result.name === name);
      const cells = (field: 'value' | 'best'): string[] =>
        batches.map((batch) => {
          const result = own.find((one) => one['batch'] === batch);
          return result === undefined ? '' : formatValue(result[field]);
        });
      const rounds = Math.min(...own.map((result) => result.rounds));
      return [
        [name, own[0]?.engine ?? '', own[0]?.device ?? '', ...cells('value')],
        [`best of ${rounds}`, '', '', ...cells('best')],
      ];
    }),
  );
}
