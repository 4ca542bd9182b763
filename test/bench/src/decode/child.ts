/**
 * Captions the images of a task on one engine, on request. Speaks the same lines as
 * pytorch/decode.py: "captions K W" answers those of a beam of K, cut after W words, "search N K"
 * searches N times and "profile K" names the slowest kernels; "search N K B" captions the first B
 * images only.
 */
import { createCaptioner, searchCaptions, type BeamResult } from '@capgrid/models';
import { slice } from '@tensorflow/tfjs-core';
import { loadTensor, loadWeights } from '../captioning/load-task.js';
import { specOf } from '../captioning/models.js';
import { readTaskFile } from '../captioning/task-file.js';
import type { PractisedTask } from '../practice/task.js';
import { profileKernels } from '../run/profile-kernels.js';
import { serveLines } from '../run/serve-lines.js';
import { startChildEngine, type EngineChoice } from '../run/start-child-engine.js';

interface Options extends EngineChoice {
  readonly task: string;
}

const SEARCH = {
  norm: 'per_step',
  lengthPenalty: { alpha: 1, beta: 0 },
  divisor: 'words',
  stop: 'all',
  prune: 0,
  nBest: 1,
  blockUnknown: false,
  noRepeatNgram: 0,
} as const;

const options = JSON.parse(process.argv[2] ?? '{}') as Options;
const engine = await startChildEngine(options);
const file = readTaskFile<PractisedTask>(options.task);
const { model, sizes } = file.task;
const decoder = createCaptioner(specOf(model, sizes), loadWeights(file)).decoder();
const all = { features: loadTensor(file, 'features'), mask: null };
/** By number of images. */
const batches = new Map([[sizes.batch, all]]);

await serveLines(
  {
    version: engine.version,
    device: engine.device,
    threads: engine.threads,
    blas: engine.blas,
  },
  {
    captions: async (beam, maxWords) => ({
      captions: (await search(beam, sizes.batch, maxWords)).map(describe),
    }),
    search: async (count, beam, images) => ({ ms: await timed(count, beam, images) }),
    profile: async (beam) => ({
      table: await profileKernels(async () => {
        await search(beam);
      }),
    }),
  },
);

/** Mean time of one search. */
async function timed(count: number, beam: number, images: number): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < count; i += 1) await search(beam, images);
  return (performance.now() - started) / count;
}

async function search(
  beam: number,
  images = sizes.batch,
  maxWords = sizes.maxWords,
): Promise<BeamResult[][]> {
  return searchCaptions(decoder, firstImages(images), { ...SEARCH, beam, maxWords });
}

function firstImages(images: number): typeof all {
  const known = batches.get(images);
  if (known !== undefined) return known;
  const features = slice(all.features, [0, 0, 0], [images, sizes.regions, sizes.channels]);
  const batch = { features, mask: null };
  batches.set(images, batch);
  return batch;
}

function describe([best]: BeamResult[]): { tokens: readonly number[]; score: number } {
  return { tokens: best?.tokens ?? [], score: best?.score ?? Number.NaN };
}
