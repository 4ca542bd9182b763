/** The training of a retrieval: nothing is learned, the training split is written down to look it up. */
import type { TrainingResult, TrainingWork } from '@capgrid/contracts';
import { buildVocabulary, readManifest, selectImages } from '@capgrid/data';
import {
  buildCaptionIndex,
  encodeCaptionIndex,
  encodeWeights,
  engineRecord,
} from '@capgrid/models';
import { loadFeatures } from './load-features.js';
import { reportPhase } from './progress-reports.js';
import type { TaskContext } from './run-task.js';
import { startTaskEngine } from './start-task-engine.js';
import { captionsOf, tokensOf } from './training-captions.js';

export async function indexCaptions(
  work: TrainingWork,
  context: TaskContext,
): Promise<TrainingResult> {
  const { store, tell, stop } = context;
  const { data, model } = work.spec;
  const manifest = await readManifest(store, work.datasetDigest);
  const images = selectImages(manifest, data.limit).filter(({ split }) => split === 'train');
  // A caption is copied as it is, so that every word has its id.
  const vocabulary = buildVocabulary(tokensOf(images, data.maxWords), 1);
  const features = await loadFeatures(store, work.featuresSha256, images);
  const engine = await startTaskEngine(context);
  await tell({ type: 'engine', engine: engineRecord(engine) });

  const reports = reportPhase('train', tell);
  reports.report(0, images.length);
  const index = await buildCaptionIndex({
    engine,
    captions: captionsOf(images, 'train', vocabulary, data.maxWords),
    vocabularySize: vocabulary.size,
    features,
    signal: stop,
    onProgress: ({ done, total }) => reports.report(done, total),
  });
  const arrays = encodeCaptionIndex(index);
  const description = { model, vocabularySize: vocabulary.size, step: 0 };
  return {
    kind: 'training',
    weightsSha256: await store.put(encodeWeights({ arrays, description })),
    vocabularySha256: await store.put(new TextEncoder().encode(JSON.stringify(vocabulary))),
    vocabularySize: vocabulary.size,
    parameters: 0,
    bestStep: null,
    steps: 0,
    epochs: 0,
    bestPerplexity: null,
    bestCiderD: null,
    stopReason: null,
    vectorCoverage: null,
    engine: engineRecord(engine),
    earlierEngines: [],
  };
}
