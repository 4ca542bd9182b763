/** Trains one captioner a little on made-up captions: "train" writes the task for all contenders. */
import { SPECIAL_IDS, trainCaptioner } from '@capgrid/models';
import { writeTaskFile } from '../captioning/task-file.js';
import { serveLines } from '../run/serve-lines.js';
import { startChildEngine, type EngineChoice } from '../run/start-child-engine.js';
import { practiceSet } from './practice-set.js';
import type { PracticeOptions, PractisedTask } from './task.js';
import { practiceSpec } from './training-spec.js';

/** Of a larger batch only these, so that groups with other batches have the same captioner. */
const MOST_IMAGES = 64;

const options = JSON.parse(process.argv[2] ?? '{}') as EngineChoice & PracticeOptions;
const engine = await startChildEngine(options);
const { model, sizes, folder } = options;

await serveLines({}, { train });

async function train(): Promise<{ perplexity: number }> {
  const { features, captions: all } = practiceSet(sizes, sizes.batch);
  const captions = all.filter(({ imageIndex }) => imageIndex < MOST_IMAGES);
  const { weights, bestPerplexity } = await trainCaptioner({
    engine,
    spec: practiceSpec(model, sizes),
    vocabularySize: sizes.vocabulary,
    train: { captions },
    val: { captions: captions.slice(0, MOST_IMAGES) },
    features,
  });
  const { batch, regions, channels } = sizes;
  const images = Array.from({ length: batch }, (_, image) => image);
  const task: PractisedTask = {
    model,
    sizes,
    beginId: SPECIAL_IDS.begin,
    endId: SPECIAL_IDS.end,
    neverWritten: [SPECIAL_IDS.pad, SPECIAL_IDS.begin],
  };
  writeTaskFile(folder, task, [
    ...weights.map(({ name, shape, values }) => ({ name, shape, data: values })),
    { name: 'features', shape: [batch, regions, channels], data: features.batch(images) },
  ]);
  return { perplexity: bestPerplexity };
}
