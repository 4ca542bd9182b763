/**
 * Group `decode`: beam search over a batch of images that stays on the device, from the images'
 * regions to the words of the best captions. Captioners have been trained a little, so that captions
 * end by themselves. All contenders have the same weights and must write the same captions, also where
 * a lower limit of words cuts some of them.
 */
import { MODEL_NAMES, type ModelName } from '../captioning/models.js';
import { FLICKR8K_SIZES, type Sizes } from '../captioning/sizes.js';
import { removeTask } from '../captioning/task-file.js';
import { practise } from '../practice/task.js';
import { BenchError } from '../run/bench-error.js';
import { endAll, PYTORCH_COMPILE, startAll, type Started } from '../run/contenders.js';
import type { Group, GroupContext } from '../run/group.js';
import { interleave, type Rounds } from '../run/interleave.js';
import { numberIn, textIn } from '../run/line-child.js';
import { speedOverPytorch } from '../run/speed-over-pytorch.js';
import { agreement, captionsIn, type Written } from './agreement.js';

const BEAMS = [1, 3, 5];

const ROUNDS: Readonly<Record<'full' | 'small', Omit<Rounds, 'rounds'>>> = {
  full: { burstMs: 1000, budgetMs: 20_000 },
  small: { burstMs: 20, budgetMs: 500 },
};

export const decodeGroup: Group = {
  name: 'decode',
  summary: 'beam search of ARNN, SAT and FCN with beams of 1, 3 and 5',
  run: async (context) => {
    for (const name of MODEL_NAMES) await measureModel(name, context);
  },
};

async function measureModel(name: ModelName, context: GroupContext): Promise<void> {
  const sizes = FLICKR8K_SIZES[context.size];
  const folder = await practise(name, sizes, context);
  let started: Started[] = [];
  try {
    // Its shapes change with the words and the images left, so that compiling says little.
    const contenders = context.contenders.filter((one) => one.name !== PYTORCH_COMPILE);
    started = await startAll(contenders, 'decode', { task: folder }, context);
    if (started.length === 0) throw new BenchError('No engine can start here.');
    for (const beam of BEAMS) await measure(name, beam, started, sizes, context);
    if (context.isProfiled) await profile(name, started, context);
  } finally {
    await endAll(started);
    removeTask(folder);
  }
}

async function measure(
  name: ModelName,
  beam: number,
  started: readonly Started[],
  sizes: Sizes,
  { rounds, size, report }: GroupContext,
): Promise<void> {
  const written = await sameCaptions(name, beam, sizes.maxWords, started);
  // As many words as captions have: the shorter ones end, the longer ones are cut.
  await sameCaptions(name, beam, Math.round(meanWords(written[0] ?? [])), started);
  const timings = await interleave(
    started.map(({ child }) => ({
      burst: async (count) => numberIn(await child.ask(`search ${count} ${beam}`), 'ms'),
    })),
    { rounds, ...ROUNDS[size] },
  );
  for (const [index, { contender, ready }] of started.entries()) {
    const timing = timings[index];
    const captions = written[index] ?? [];
    if (timing === undefined) continue;
    report({
      group: 'decode',
      name: `${name}, beam ${beam}`,
      engine: contender.name,
      device: textIn(ready, 'device'),
      value: (1000 * sizes.batch) / timing.medianMs,
      unit: 'captions/s',
      best: (1000 * sizes.batch) / timing.bestMs,
      rounds: timing.burstMs.length,
      threads: numberIn(ready, 'threads'),
      version: textIn(ready, 'version'),
      blas: ready['blas'] ?? null,
      ...speedOverPytorch(timing, started, timings),
      batchMs: timing.medianMs,
      images: sizes.batch,
      sameCaptions: agreement(written[0] ?? captions, captions).same,
      distinctCaptions: new Set(captions.map(({ tokens }) => tokens.join(' '))).size,
      meanWords: meanWords(captions),
      longestWords: Math.max(...captions.map(({ tokens }) => tokens.length)),
    });
  }
}

/** What each contender writes. Fails where one writes other captions than the first. */
async function sameCaptions(
  name: ModelName,
  beam: number,
  maxWords: number,
  started: readonly Started[],
): Promise<Written[][]> {
  const written: Written[][] = [];
  for (const { contender, child } of started) {
    const captions = captionsIn(await child.ask(`captions ${beam} ${maxWords}`));
    const problem = agreement(written[0] ?? captions, captions).problem;
    if (problem !== null) {
      throw new BenchError(
        `${contender.name} writes other captions with ${name}, a beam of ${beam} and at most ${maxWords} words than ${started[0]?.contender.name}: ${problem}`,
      );
    }
    written.push(captions);
  }
  return written;
}

function meanWords(captions: readonly Written[]): number {
  return captions.reduce((sum, { tokens }) => sum + tokens.length, 0) / captions.length;
}

async function profile(
  name: ModelName,
  started: readonly Started[],
  { note }: GroupContext,
): Promise<void> {
  for (const { contender, child } of started) {
    const table = textIn(await child.ask('profile 3'), 'table');
    note(`\n${name} on ${contender.name}, one search with a beam of 3\n${table}`);
  }
}
