/** Trains one captioner: dataset and features in, weights and vocabulary out. */
import { rm } from 'node:fs/promises';
import { hashJson, trainingKey, type TrainingResult, type TrainingWork } from '@capgrid/contracts';
import { DataError, buildVocabulary, readManifest, selectImages } from '@capgrid/data';
import { BAD_ENDINGS } from '@capgrid/metrics';
import {
  CheckpointError,
  SPECIAL_COUNT,
  StateMismatchError,
  decodeTrainingState,
  decodeWeights,
  encodeTrainingState,
  encodeWeights,
  engineRecord,
  trainCaptioner,
  type TrainCaptionerOptions,
  type TrainingOutcome,
  type TrainingState,
} from '@capgrid/models';
import { indexCaptions } from './index-captions.js';
import { loadFeatures } from './load-features.js';
import { readBytes } from './read-bytes.js';
import type { TaskContext } from './run-task.js';
import { reportSteps } from './step-reports.js';
import { startTaskEngine } from './start-task-engine.js';
import { loadTrainedLayers } from './trained-encoder.js';
import { captionsOf, tokensOf } from './training-captions.js';
import { loadVectors } from './word-vectors.js';

export async function runTraining(
  work: TrainingWork,
  context: TaskContext,
): Promise<TrainingResult> {
  const { store, tell, stop } = context;
  const { spec } = work;
  if (spec.model.decoder === 'retrieval') return indexCaptions(work, context);
  const manifest = await readManifest(store, work.datasetDigest);
  const images = selectImages(manifest, spec.data.limit).filter((image) => image.split !== 'test');
  const vocabulary = buildVocabulary(tokensOf(images, spec.data.maxWords), spec.data.minCount);
  const loaded = await loadVectors(work, vocabulary, tokensOf(images, spec.data.maxWords), store);
  const features = await loadFeatures(store, work.featuresSha256, images);
  const engine = await startTaskEngine(context);
  await tell({ type: 'engine', engine: engineRecord(engine) });
  const startWeights =
    work.startWeightsSha256 === null ? null : await readBytes(store, work.startWeightsSha256);
  const encoder = await loadTrainedLayers(spec.encoder, work.plan, context);
  const { schedule } = spec;
  const { checkpointEvery } = schedule.selfCritical.epochs > 0 ? schedule.selfCritical : schedule;
  const steps = reportSteps(checkpointEvery, tell);
  const name = nameOf(work);
  const resume = await readState(work, name, context);
  const keep = async (state: TrainingState): Promise<void> => {
    const stateSha256 = await store.put(encodeTrainingState(state, name));
    await tell({ type: 'checkpoint', step: state.step, stateSha256 });
  };

  const options: TrainCaptionerOptions = {
    engine,
    spec,
    vocabularySize: vocabulary.size,
    train: { captions: captionsOf(images, 'train', vocabulary, spec.data.maxWords) },
    val: { captions: captionsOf(images, 'val', vocabulary, spec.data.maxWords) },
    features,
    parts: { encoder, vectors: loaded?.vectors ?? null },
    ...(startWeights === null ? {} : { startWeights: decodeWeights(startWeights).arrays }),
    badEndings: new Set(vocabulary.encode([...BAD_ENDINGS]).filter((id) => id >= SPECIAL_COUNT)),
    signal: stop,
    onProgress: steps.step,
    onCheckpoint: async ({ state, validation }) => {
      steps.validated(state.step, validation);
      await keep(state);
    },
    onAbort: keep,
  };
  const outcome = await trainOn(options, resume, (error) => refuseState(work, error, context));

  const { weights, bestStep, bestPerplexity, bestCiderD, steps: updates, epochs } = outcome;
  const groups = outcome.waiting.filter((group) => group !== 'decoder');
  if (groups.length > 0) {
    await tell({ type: 'untrained-weights', groups, bestStep, steps: updates });
  }
  const description = { model: spec.model, vocabularySize: vocabulary.size, step: bestStep };
  return {
    kind: 'training',
    weightsSha256: await store.put(encodeWeights({ arrays: weights, description })),
    vocabularySha256: await store.put(new TextEncoder().encode(JSON.stringify(vocabulary))),
    vocabularySize: vocabulary.size,
    parameters: outcome.parameters,
    bestStep,
    steps: updates,
    epochs,
    bestPerplexity,
    bestCiderD,
    stopReason: outcome.stopReason,
    vectorCoverage: loaded?.coverage ?? null,
    // A state of before engines were kept may come without them and with nothing left to do.
    engine: outcome.engines.at(-1) ?? engineRecord(engine),
    earlierEngines: outcome.engines.slice(0, -1),
  };
}

/**
 * What a state belongs to: what is trained, on what. The key stands for the spec, so that a later
 * release goes on with the state although its specs have more options. The files stand for the names
 * of dataset, encoder and word vectors, which a later launch may write otherwise.
 */
function nameOf(work: TrainingWork): string {
  const { spec, datasetDigest, featuresSha256, vectors } = work;
  const key = trainingKey(spec, {
    datasetDigest,
    encoderDigest: featuresSha256,
    vectorsDigest: vectors?.vectorsSha256 ?? null,
  });
  return hashJson({ ...work, spec: key, resume: null });
}

/** A checkpoint only saves time: without it, or with a damaged one, the training begins again. */
async function readState(
  work: TrainingWork,
  training: string,
  context: TaskContext,
): Promise<TrainingState | null> {
  if (work.resume === null) return null;
  try {
    return decodeTrainingState(await readBytes(context.store, work.resume.stateSha256), training);
  } catch (error) {
    if (!(error instanceof DataError || error instanceof CheckpointError)) throw error;
    await refuseState(work, error, context);
    return null;
  }
}

/** The same for a state that fits the file format, but not the model: an older program wrote it. */
async function trainOn(
  options: TrainCaptionerOptions,
  resume: TrainingState | null,
  refuse: (error: StateMismatchError) => Promise<void>,
): Promise<TrainingOutcome> {
  if (resume === null) return trainCaptioner(options);
  try {
    return await trainCaptioner({ ...options, resume });
  } catch (error) {
    // It comes before the first update.
    if (!(error instanceof StateMismatchError)) throw error;
    await refuse(error);
    return trainCaptioner(options);
  }
}

async function refuseState(
  { resume }: TrainingWork,
  { message: reason }: Error,
  { store, tell }: TaskContext,
): Promise<void> {
  if (resume === null) return;
  const { stateSha256 } = resume;
  // The same state may come again, and the store keeps a file that it has.
  await rm(store.pathOf(stateSha256), { force: true });
  await tell({ type: 'state-unreadable', stateSha256, reason });
}
