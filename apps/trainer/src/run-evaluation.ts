/** Captions one split with trained weights and scores the captions. */
import type { EvaluationResult, EvaluationWork, PredictionsFile } from '@capgrid/contracts';
import { readManifest, selectImages } from '@capgrid/data';
import { scoreBleu, scoreCiderD, scoreRougeL } from '@capgrid/metrics';
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
  const candidates = captioned.map(({ caption }) => caption);
  const references = captioned.map((item) => item.references);
  const bleu = scoreBleu(candidates, references);
  const rougeL = scoreRougeL(candidates, references);
  const ciderD = scoreCiderD(candidates, references);
  const signature = 'tok:dataset|case:lower|idf:test-references';
  const file: PredictionsFile = {
    version: 1,
    decode,
    signature,
    predictions: captioned.map(({ image, ...prediction }, index) => {
      const statistics = bleu.perImageStatistics[index] ?? bleu.statistics;
      return {
        imageId: image.id,
        imageSha256: image.sha256,
        fileName: image.fileName,
        ...prediction,
        bleu4: bleu.perImage[index]?.[3] ?? 0,
        rougeL: rougeL.perImage[index] ?? 0,
        ciderD: ciderD.perImage[index] ?? 0,
        bleuStatistics: {
          ...statistics,
          guess: [...statistics.guess],
          correct: [...statistics.correct],
        },
      };
    }),
  };
  return {
    kind: 'evaluation',
    predictionsSha256: await store.put(new TextEncoder().encode(JSON.stringify(file))),
    scores: {
      bleu1: bleu.corpus[0],
      bleu2: bleu.corpus[1],
      bleu3: bleu.corpus[2],
      bleu4: bleu.corpus[3],
      rougeL: rougeL.corpus,
      ciderD: ciderD.corpus,
    },
    signature,
    captions: captioned.length,
    engine: engineRecord(engine),
  };
}
