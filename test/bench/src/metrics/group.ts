/**
 * Group `metrics`: raw captions in, scores out, each time in a new process, so that starting, loading
 * and compiling count; and a paired bootstrap. Peers score the same captions in turn.
 */
import { BenchError } from '../run/bench-error.js';
import type { Group, GroupContext } from '../run/group.js';
import { interleave, median } from '../run/interleave.js';
import { numberIn, textIn, type Answer } from '../run/line-child.js';
import { WITHOUT_PYTORCH } from '../run/speed-over-pytorch.js';
import { openCaptions, type CaptionSet, type CaptionSource } from './caption-set.js';
import {
  evalCommand,
  findPeers,
  OWN,
  ownProcess,
  peerProcess,
  type Peers,
  type Scorer,
} from './contenders.js';
import { runOnce, type Finished } from './run-once.js';
import { SIZES, type SetSize } from './sizes.js';
import { formatMetricsTable } from './table.js';
import { removeCaptions, writeCaptions } from './write-captions.js';

/** The part that is the process from start to end. */
const ALL = 'whole process';
/** Of these the time has a goal. */
const GOAL_PARTS = new Set([ALL, 'paired bootstrap']);
/** Of BLEU-4 between tools: coco-caption adds 1e-9 to counts, the others nothing. */
const BLEU_TOLERANCE = 1e-6;

export const metricsGroup: Group = {
  name: 'metrics',
  summary: 'captions scored in a new process, for 1,000 to 40,504 images; a paired bootstrap',
  usesNoEngine: true,
  formatTable: formatMetricsTable,
  run: async (context) => {
    const sizes = SIZES[context.size];
    const source = openCaptions();
    context.note(`metrics: ${source.name}`);
    const peers = await findPeers(context.note);
    for (const size of sizes.scoring) {
      await measure(size, source, context, (folder) => scorers(folder, size, peers, context));
    }
    const { bootstrap } = sizes;
    const { resamples } = bootstrap;
    await measure(bootstrap, source, context, (folder) => [
      ownProcess({ folder, run: 'bootstrap', resamples }),
      ...(peers.sacrebleu === undefined
        ? []
        : [
            peerProcess('sacrebleu', peers.sacrebleu, {
              folder,
              parts: ['paired bootstrap of BLEU'],
              resamples,
            }),
          ]),
    ]);
  },
};

function scorers(folder: string, size: SetSize, peers: Peers, context: GroupContext): Scorer[] {
  const evaluation = evalCommand(folder, context.size === 'full');
  if (evaluation === null) context.note('capgrid eval: left out, apps/cli is not built.');
  const all = [
    ownProcess({ folder, run: 'score' }),
    ownProcess({ folder, run: 'stages' }),
    ...(evaluation === null ? [] : [evaluation]),
  ];
  if (peers['coco-caption'] !== undefined) {
    all.push(peerProcess('coco-caption', peers['coco-caption'], { folder, parts: [] }));
  }
  if (!size.hasPeers) return all;
  if (peers.sacrebleu !== undefined) {
    all.push(peerProcess('sacrebleu', peers.sacrebleu, { folder, parts: ['BLEU'] }));
  }
  if (peers.nltk !== undefined) {
    all.push(
      ownProcess({ folder, run: 'meteor' }),
      peerProcess('nltk', peers.nltk, { folder, parts: ['BLEU', 'METEOR (exact, stem)'] }),
    );
  }
  return all;
}

async function measure(
  size: SetSize,
  source: CaptionSource,
  context: GroupContext,
  scorersOf: (folder: string) => readonly Scorer[],
): Promise<void> {
  const captions = source.take(size.images, size.references);
  const folder = writeCaptions(captions.images);
  try {
    const entrants = scorersOf(folder).map((scorer) => ({ scorer, runs: new Array<Finished>() }));
    await interleave(
      entrants.map(({ scorer: { name, command }, runs }) => ({
        burst: async () => {
          const finished = await runOnce(name, command);
          runs.push(finished);
          return finished.wallMs;
        },
      })),
      // A burst is one process.
      { rounds: context.rounds, burstMs: 0, budgetMs: SIZES[context.size].budgetMs },
    );
    for (const { runs } of entrants) runs.shift(); // the warm-up
    report(size, captions, context, entrants);
  } finally {
    removeCaptions(folder);
  }
}

interface Entrant {
  readonly scorer: Scorer;
  readonly runs: readonly Finished[];
}

interface Row {
  readonly engine: string;
  readonly isOwn: boolean;
  readonly part: string;
  /** One per round. */
  readonly ms: readonly number[];
  readonly peakMegabytes: number | null;
  /** Of all threads, in the round that took fewest; null where the process does not tell. */
  readonly cpuSeconds: number | null;
  readonly version: string;
}

function report(
  size: SetSize,
  captions: CaptionSet,
  context: GroupContext,
  entrants: readonly Entrant[],
): void {
  assertSameBleu(entrants);
  const rows = entrants.flatMap((entrant) => rowsOf(entrant));
  for (const { engine, isOwn, part, ms, peakMegabytes, cpuSeconds, version } of rows) {
    const own = rows.find((row) => row.engine === OWN && row.part === part);
    const seconds = median(ms) / 1000;
    context.report({
      group: 'metrics',
      name: size.name,
      engine,
      part,
      device: 'cpu',
      value: seconds,
      unit: 's',
      best: Math.min(...ms) / 1000,
      rounds: ms.length,
      threads: 1,
      version,
      ...WITHOUT_PYTORCH,
      // How many times as long as this project takes.
      timeOverOwn: !isOwn && own !== undefined ? median(ms) / median(own.ms) : null,
      images: size.images,
      references: size.references,
      secondsPer1000Images: (1000 * seconds) / size.images,
      peakMegabytes,
      cpuSeconds,
      goal: isOwn && GOAL_PARTS.has(part) ? size.goal : null,
      captions: captions.source,
    });
  }
}

/** The whole process first, then its parts in the order they ran. */
function rowsOf({ scorer, runs }: Entrant): Row[] {
  const [first] = runs;
  if (first === undefined) return [];
  const version =
    typeof first.answer['version'] === 'string' ? textIn(first.answer, 'version') : '';
  const peaks = runs.flatMap(({ answer, peakMegabytes }) =>
    numbers(answer['peakMegabytes'] ?? peakMegabytes),
  );
  const cpuSeconds = runs.flatMap(({ answer }) => numbers(answer['cpuSeconds']));
  const parts = Object.keys(partsIn(first.answer));
  const row = (part: string, msOf: (run: Finished) => number, isWhole: boolean): Row => ({
    engine: scorer.name,
    isOwn: scorer.isOwn,
    part,
    ms: runs.map(msOf),
    peakMegabytes: isWhole && peaks.length > 0 ? Math.max(...peaks) : null,
    cpuSeconds: isWhole && cpuSeconds.length > 0 ? Math.min(...cpuSeconds) : null,
    version,
  });
  return [
    ...(scorer.isWhole ? [row(ALL, ({ wallMs }) => wallMs, true)] : []),
    ...parts.map((part) => row(part, ({ answer }) => numberIn(partsIn(answer), part), false)),
  ];
}

function partsIn(answer: Answer): Answer {
  const ms = answer['ms'];
  return typeof ms === 'object' && ms !== null ? { ...ms } : {};
}

/** Tools that disagree on BLEU-4 did not score the same captions. */
function assertSameBleu(entrants: readonly Entrant[]): void {
  let expected: { readonly name: string; readonly bleu: number } | null = null;
  for (const { scorer, runs } of entrants) {
    for (const { answer } of runs) {
      const bleu = fieldOf(answer['scores'], 'bleu4') ?? fieldOf(answer['corpus'], 'BLEU-4');
      if (typeof bleu !== 'number') continue;
      expected ??= { name: scorer.name, bleu };
      if (Math.abs(bleu - expected.bleu) <= BLEU_TOLERANCE) continue;
      throw new BenchError(
        `${scorer.name} gives BLEU-4 ${bleu}, ${expected.name} ${expected.bleu}: they did not score the same captions.`,
      );
    }
  }
}

function fieldOf(object: unknown, field: string): unknown {
  return typeof object === 'object' && object !== null ? Reflect.get(object, field) : undefined;
}

function numbers(value: unknown): number[] {
  return typeof value === 'number' ? [value] : [];
}
