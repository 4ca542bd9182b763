/** Captions one split with trained weights and scores the captions. */
import {
  decodeAsRead,
  type DatasetImage,
  type EvaluationResult,
  type EvaluationWork,
  type PredictionsFile,
} from '@capgrid/contracts';
import { readManifest, selectImages, type Vocabulary } from '@capgrid/data';
import { meteorStatisticsToArray } from '@capgrid/metrics';
import {
  decodeWeights,
  engineRecord,
  type DecodeCaptionsOptions,
  type NamedArray,
} from '@capgrid/models';
import { attentionPacker } from './pack-attention.js';
import { captionImages } from './caption-images.js';
import { loadFeatures } from './load-features.js';
import { pairUp } from './pair-up.js';
import { reportPhase } from './progress-reports.js';
import { readVocabulary } from './read-vocabulary.js';
import { readBytes } from './read-bytes.js';
import type { TaskContext } from './run-task.js';
import { measuredScores, openScorer, scoreEvaluation } from './score-evaluation.js';
import { startTaskEngine } from './start-task-engine.js';
import { loadTrainedLayers } from './trained-encoder.js';
import { captionsOf } from './training-captions.js';

export async function runEvaluation(
  work: EvaluationWork,
  context: TaskContext,
): Promise<EvaluationResult> {
  const { store, tell, stop, scoringFiles } = context;
  const { spec, decode } = work;
  const scorer = await openScorer(work.scoring, scoringFiles);
  const manifest = await readManifest(store, work.datasetDigest);
  const used = selectImages(manifest, spec.data.limit);
  const images = used.filter((image) => image.split === decode.split);
  const features = await loadFeatures(store, work.featuresSha256, images);
  const vocabulary = await readVocabulary(store, work.vocabularySha256);
  const encoder = await loadTrainedLayers(spec.encoder, work.plan, context);
  const weights = await readWeights(work, context);
  const engine = await startTaskEngine(context);
  await tell({ type: 'engine', engine: engineRecord(engine) });

  const decoding = reportPhase('decode', tell);
  decoding.report(0, images.length);
  const decoded = await captionImages({
    engine,
    models: weights.map((arrays) => ({
      weights: arrays,
      spec: spec.model,
      trainedWords: spec.data.maxWords,
      encoder,
    })),
    vocabularySize: vocabulary.size,
    decode,
    features,
    imageIndices: images.map((_, index) => index),
    ...(await readTraining(work, used, vocabulary, context)),
    signal: stop,
    onProgress: ({ done, total }) => decoding.report(done, total),
  });
  const mapsOf = attentionPacker(spec, encoder?.regions ?? features.regions);
  const captioned = pairUp(images, decoded).map(([image, { tokens, alternatives, ...one }]) => ({
    image,
    words: vocabulary.decode(tokens),
    logProb: one.logProb,
    isFinished: one.isFinished,
    similarity: one.similarity,
    attention: mapsOf(one.attention),
    alternatives: alternatives.map((other) => ({
      caption: vocabulary.decode(other.tokens).join(' '),
      logProb: other.logProb,
      isFinished: other.isFinished,
    })),
  }));

  reportPhase('score', tell).report(0, captioned.length);
  const score = await scoreEvaluation(
    captioned.map(({ image, words, logProb, isFinished }) => ({
      imageId: image.id,
      candidate: words.join(' '),
      references: rawCaptions(image),
      perplexity:
        logProb === null ? undefined : perplexityOf(logProb, words.length + (isFinished ? 1 : 0)),
    })),
    used.filter((image) => image.split === 'train').flatMap(rawCaptions),
    scorer,
    scoringFiles,
    stop,
  );
  const file: PredictionsFile = {
    version: 2,
    decode,
    signatures: { ...score.signatures },
    predictions: pairUp(captioned, score.perImage).map(([{ image, words, ...decodedAs }, one]) => ({
      imageId: image.id,
      imageSha256: image.sha256,
      fileName: image.fileName,
      caption: words.join(' '),
      references: rawCaptions(image),
      ...decodedAs,
      scores: { ...one.scores },
      bleuStatistics: {
        ...one.bleu,
        guess: [...one.bleu.guess],
        correct: [...one.bleu.correct],
      },
      meteorStatistics: one.meteor === null ? null : meteorStatisticsToArray(one.meteor),
    })),
  };
  return {
    kind: 'evaluation',
    predictionsSha256: await store.put(new TextEncoder().encode(JSON.stringify(file))),
    scores: measuredScores(score),
    captions: captioned.length,
    engine: engineRecord(engine),
  };
}

/** What reranking asks: the captions that the training had, and the features of their images. */
async function readTraining(
  { decode, featuresSha256, spec }: EvaluationWork,
  used: readonly DatasetImage[],
  vocabulary: Vocabulary,
  { store }: TaskContext,
): Promise<Pick<DecodeCaptionsOptions, 'training'>> {
  if (decodeAsRead(decode).rerank.neighbours === 0) return {};
  const images = used.filter(({ split }) => split === 'train');
  const features = await loadFeatures(store, featuresSha256, images);
  const captions = captionsOf(images, 'train', vocabulary, spec.data.maxWords);
  return { training: { captions, features } };
}

/** Of each member of an ensemble, the trial's own training first. */
async function readWeights(
  { weightsSha256, memberWeightsSha256 }: EvaluationWork,
  { store }: TaskContext,
): Promise<(readonly NamedArray[])[]> {
  const weights = [];
  for (const sha256 of [weightsSha256, ...memberWeightsSha256]) {
    weights.push(decodeWeights(await readBytes(store, sha256)).arrays);
  }
  return weights;
}

/** As people wrote them: the metrics have a tokenizer of their own. */
function rawCaptions(image: DatasetImage): string[] {
  return image.captions.map(({ raw }) => raw);
}

/**
 * Of the model for its own caption: exp(-ln p / n), n words with the end token where it came. A
 * probability that rounds to a little more than 1 counts as 1.
 */
function perplexityOf(logProb: number, length: number): number {
  return Math.max(1, Math.exp(-logProb / Math.max(1, length)));
}
