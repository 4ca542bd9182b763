/**
 * Group `train`: one full training step of each captioner (forward, backward, clip, Adam) on one
 * batch that stays on the device. All contenders start from the same weights, so they must also agree
 * on the losses of the first two steps; the second one shows that gradients and updates agree.
 */
import { MODEL_NAMES, type ModelName } from '../captioning/models.js';
import { COCO_SIZES } from '../captioning/sizes.js';
import { removeTask } from '../captioning/task-file.js';
import { BenchError } from '../run/bench-error.js';
import { endAll, startAll, type Started } from '../run/contenders.js';
import type { Group, GroupContext } from '../run/group.js';
import { interleave, type Rounds, type Timing } from '../run/interleave.js';
import { numberIn, textIn } from '../run/line-child.js';
import { speedOverPytorch } from '../run/speed-over-pytorch.js';
import { writeTrainTask, type TrainTask } from './task.js';

const ROUNDS: Readonly<Record<'full' | 'small', Omit<Rounds, 'rounds'>>> = {
  full: { burstMs: 1000, budgetMs: 20_000 },
  small: { burstMs: 20, budgetMs: 500 },
};

/**
 * Relative. Float32 sums in another order differ by 1e-6, TF32 products on CUDA by 1e-3. The second
 * loss differs by 1e-4 from PyTorch's, whose Adam adds epsilon after correcting the root for bias.
 */
const LOSS_TOLERANCE = 5e-3;

export const trainGroup: Group = {
  name: 'train',
  summary: 'a full training step of ARNN, SAT and FCN',
  run: async (context) => {
    for (const name of MODEL_NAMES) await measure(name, context);
  },
};

async function measure(name: ModelName, context: GroupContext): Promise<void> {
  const { folder, task } = writeTrainTask(name, COCO_SIZES[context.size]);
  let started: Started[] = [];
  try {
    started = await startAll(context.contenders, 'train', { task: folder }, context);
    if (started.length === 0) throw new BenchError('No engine can start here.');
    const losses = await firstLosses(started, task);
    const lastLosses = started.map(() => Number.NaN);
    const timings = await interleave(
      started.map(({ child }, index) => ({
        burst: async (count) => {
          const answer = await child.ask(`steps ${count}`);
          lastLosses[index] = numberIn(answer, 'loss');
          return numberIn(answer, 'ms');
        },
      })),
      { rounds: context.rounds, ...ROUNDS[context.size] },
    );
    report(started, timings, { name, task, context, losses, lastLosses });
    if (context.isProfiled) await profile(name, started, context);
  } finally {
    await endAll(started);
    removeTask(folder);
  }
}

type Losses = readonly [first: number, second: number];

/** Losses of the first two steps of each contender, the same for all within the tolerance. */
async function firstLosses(started: readonly Started[], task: TrainTask): Promise<Losses[]> {
  const all: Losses[] = [];
  for (const { contender, child, ready } of started) {
    const parameters = numberIn(ready, 'parameters');
    if (parameters !== task.parameters) {
      throw new BenchError(
        `${contender.name} trains ${parameters} numbers in ${task.model}, not ${task.parameters}.`,
      );
    }
    const first = numberIn(await child.ask('steps 1'), 'loss');
    const second = numberIn(await child.ask('steps 1'), 'loss');
    all.push([first, second]);
    const [expected] = all;
    const isSame = [first, second].every(
      (loss, i) => Math.abs(loss - (expected?.[i] ?? 0)) <= LOSS_TOLERANCE * loss,
    );
    if (!isSame || second >= first) {
      throw new BenchError(
        `${contender.name} computes another ${task.model}: its first losses are ${first} and ${second}, those of ${started[0]?.contender.name} ${expected?.join(' and ')}.`,
      );
    }
  }
  return all;
}

function report(
  started: readonly Started[],
  timings: readonly Timing[],
  of: {
    name: ModelName;
    task: TrainTask;
    context: GroupContext;
    losses: readonly Losses[];
    lastLosses: readonly number[];
  },
): void {
  for (const [index, { contender, ready }] of started.entries()) {
    const timing = timings[index];
    const [firstLoss, secondLoss] = of.losses[index] ?? [Number.NaN, Number.NaN];
    const lastLoss = of.lastLosses[index] ?? Number.NaN;
    if (timing === undefined) continue;
    if (!(lastLoss < secondLoss)) {
      throw new BenchError(
        `The loss of ${of.name} on ${contender.name} did not fall: ${firstLoss} at first, ${lastLoss} at the end.`,
      );
    }
    of.context.report({
      group: 'train',
      name: of.name,
      engine: contender.name,
      device: textIn(ready, 'device'),
      value: captionsPerSecond(timing.medianMs),
      unit: 'captions/s',
      best: captionsPerSecond(timing.bestMs),
      rounds: timing.burstMs.length,
      threads: numberIn(ready, 'threads'),
      version: textIn(ready, 'version'),
      blas: ready['blas'] ?? null,
      ...speedOverPytorch(timing, started, timings),
      stepMs: timing.medianMs,
      parameters: of.task.parameters,
      firstLoss,
      secondLoss,
      lastLoss,
    });
  }
  function captionsPerSecond(ms: number): number {
    return (1000 * of.task.sizes.batch) / ms;
  }
}

async function profile(
  name: ModelName,
  started: readonly Started[],
  { note }: GroupContext,
): Promise<void> {
  for (const { contender, child } of started) {
    note(
      `\n${name} on ${contender.name}, one step\n${textIn(await child.ask('profile'), 'table')}`,
    );
  }
}
