/** Captions one split with trained weights and scores the captions. */
import type { EvaluationResult, EvaluationWork, PredictionsFile } from '@capgrid/contracts';
import { readManifest, selectImages } from '@capgrid/data';
import { scoreCaptions } from '@capgrid/metrics';
import { decodeCaptions, decodeWeights } from '@capgrid/models';
import { engineRecord } from './engine-record.js';
import { loadFeatures } from './load-features.js';
import { pairUp } from './pair-up.js';
import { reportPhase } from './progress-reports.js';
import { readVocabulary } from './read-vocabulary.js';
import { readBytes } from './read-bytes.js';
import type { TaskContext } from './run-task.js';
import { startTaskEngine } from './start-task-engine.js';

export async function runEvaluation(
  work: EvaluationWork,
  context: TaskContext,
): Promise<EvaluationResult> {
  const { store, tell, stop } = context;
  const { spec, decode } = work;
  const manifest = await readManifest(store, work.datasetDigest);
  const images = selectImages(manifest, spec.data.limit).filter(
    (image) => image.split === decode.split,
  );
  const features = await loadFeatures(store, work.featuresSha256, images);
  const vocabulary = await readVocabulary(store, work.vocabularySha256);
  const weights = decodeWeights(await readBytes(store, work.weightsSha256));
  const engine = await startTaskEngine(context);
  await tell({ type: 'engine', engine: engineRecord(engine) });

  const decoding = reportPhase('decode', tell);
  decoding.report(0, images.length);
  const decoded = await decodeCaptions({
    engine,
    weights: weights.arrays,
    spec: spec.model,
    vocabularySize: vocabulary.size,
    decode,
    features,
    imageIndices: images.map((_, index) => index),
    signal: stop,
    onProgress: ({ done, total }) => decoding.report(done, total),
  });
  const captioned = pairUp(images, decoded).map(([image, { tokens, logProb, isFinished }]) => ({
    image,
    caption: vocabulary.decode(tokens).join(' '),
    // What is scored is what is stored: the dataset's own tokens.
    references: image.captions.map(({ tokens }) => tokens.join(' ')),
    logProb,
    isFinished,
  }));

  reportPhase('score', tell).report(0, captioned.length);
  const scores = scoreCaptions(
    captioned.map(({ image, caption, references }) => ({
      imageId: image.id,
      candidate: caption,
      references,
    })),
    { tokenizer: 'dataset', letterCase: 'lower' },
  );
  const file: PredictionsFile = {
    version: 1,
    decode,
    signature: scores.signature,
    predictions: pairUp(captioned, scores.perImage).map(([{ image, ...prediction }, score]) => ({
      imageId: image.id,
      imageSha256: image.sha256,
      fileName: image.fileName,
      ...prediction,
      bleu4: score.bleu4,
      rougeL: score.rougeL,
      ciderD: score.ciderD,
      bleuStatistics: {
        ...score.bleuStatistics,
        guess: [...score.bleuStatistics.guess],
        correct: [...score.bleuStatistics.correct],
      },
    })),
  };
  return {
    kind: 'evaluation',
    predictionsSha256: await store.put(new TextEncoder().encode(JSON.stringify(file))),
    scores: { ...scores.corpus },
    signature: scores.signature,
    captions: captioned.length,
    engine: engineRecord(engine),
  };
}
