/**
 * Makes updates of self-critical training on one engine, on request: "updates N B" makes N with B
 * images each, and answers what each of them took.
 */
import { captionerParameters, trainCaptioner, type NamedArray } from '@capgrid/models';
import { specOf } from '../captioning/models.js';
import { readTaskFile } from '../captioning/task-file.js';
import { practiceSet } from '../practice/practice-set.js';
import type { PractisedTask } from '../practice/task.js';
import { practiceSpec } from '../practice/training-spec.js';
import { serveLines } from '../run/serve-lines.js';
import { startChildEngine, type EngineChoice } from '../run/start-child-engine.js';
import { SAMPLES, type UpdateParts } from './parts.js';
import { inWholeBatches } from './whole-batches.js';

interface Options extends EngineChoice {
  readonly task: string;
}

const options = JSON.parse(process.argv[2] ?? '{}') as Options;
const engine = await startChildEngine(options);
const { task, valuesOf } = readTaskFile<PractisedTask>(options.task);
const { model, sizes } = task;
const startWeights = captionerParameters(specOf(model, sizes), sizes).map(
  ({ name }): NamedArray => {
    const { shape, data } = valuesOf(name);
    return { name, shape, values: Float32Array.from(data) };
  },
);
const { features, captions } = practiceSet(sizes, sizes.batch);

await serveLines(
  {
    version: engine.version,
    device: engine.device,
    threads: engine.threads,
    blas: engine.blas,
  },
  { updates: async (count, images) => ({ updates: await updates(count, images) }) },
);

/** One more than are answered: the first is slower. */
async function updates(count: number, batchImages: number): Promise<UpdateParts[]> {
  const parts: UpdateParts[] = [];
  const maxSteps = count + 1;
  const selfCritical = { epochs: maxSteps, maxSteps, batchImages, samples: SAMPLES };
  await trainCaptioner({
    engine,
    spec: practiceSpec(model, sizes, {
      selfCritical: { ...selfCritical, checkpointEvery: maxSteps },
    }),
    vocabularySize: sizes.vocabulary,
    train: { captions: inWholeBatches(captions, sizes.batch, batchImages) },
    val: { captions: captions.slice(0, 1) },
    features,
    startWeights,
    onProgress: ({ captionsPerSecond, rewards }) => {
      if (rewards === null) return;
      const totalMs = (1000 * batchImages * SAMPLES) / captionsPerSecond;
      const decodeMs = 1000 * rewards.drawSeconds;
      const rewardMs = 1000 * rewards.rewardSeconds;
      parts.push({ decodeMs, rewardMs, updateMs: totalMs - decodeMs - rewardMs, totalMs });
    },
  });
  return parts.slice(1);
}
