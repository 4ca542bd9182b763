/**
 * The keys by which finished work is found again. A key is the SHA-256 of the canonical JSON of
 * everything that can change the result, so equal keys mean equal results.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { withoutAddedDecodeOptions, withoutAddedOptions } from './added-options.js';
import { canonicalJson } from './canonical-json.js';
import { decodeAsRead, type DecodeSpec } from './decode-spec.js';
import { vectorsOf, type ModelSpec, type NeuralSpec } from './model/model-spec.js';
import type { ShowAttendTellSpec } from './model/show-attend-tell.js';
import { isSampling, type ScheduleSpec } from './schedule-spec.js';
import type { ScoringSpec } from './scoring-spec.js';
import type { Sha256 } from './sha256.js';
import { encoderOfFeatures, encoderOfTraining, type EncoderSpec } from './encoder-spec.js';
import {
  EVALUATION_REVISION,
  FEATURES_REVISION,
  trainingRevision,
  trialRevision,
} from './key-revisions.js';
import type { TrainingSpec } from './training-spec.js';

/** What the names in a spec stood for when it was launched; null before that is known. */
export type ResolvedInputs = {
  datasetDigest: Sha256 | null;
  /** Digest of a registered plan or features; null for encoders that a spec describes whole. */
  encoderDigest: Sha256 | null;
  /** Digest of registered word vectors; null for models that start without. */
  vectorsDigest: Sha256 | null;
};

export function hashJson(value: unknown): Sha256 {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(value))));
}

/** Key of a feature set: one encoder over the images of one dataset. */
export function featureKey(
  spec: { dataset: string; encoder: EncoderSpec; limit: number | null },
  inputs: ResolvedInputs,
): Sha256 {
  const named = withoutResolvedNames(spec, encoderOfFeatures, inputs);
  const { datasetDigest, encoderDigest } = inputs;
  return hashJson({
    revision: FEATURES_REVISION,
    spec: named,
    inputs: { datasetDigest, encoderDigest },
  });
}

/** Key of a training: all that can change the weights. */
export function trainingKey(spec: TrainingSpec, inputs: ResolvedInputs): Sha256 {
  const { vectorsDigest, ...digests } = inputs;
  const vectors = vectorsOf(spec.model);
  const read = withoutIgnoredOptions(spec);
  const isResolved = vectors !== null && vectorsDigest !== null;
  const model = isResolved ? { ...read.model, vectors: { ...vectors, name: null } } : read.model;
  const given = { ...read, model };
  const named = withoutResolvedNames(given, encoderOfTraining, inputs);
  return hashJson({
    revision: trainingRevision(spec),
    spec: withoutAddedOptions(named),
    inputs: vectors === null ? digests : inputs,
  });
}

/** Equal for trainings of which no option that is read differs. */
export function trainingAsRead(spec: TrainingSpec): object {
  return { ...withoutIgnoredOptions(spec), encoder: encoderOfTraining(spec.encoder) };
}

/** Key of a trial: the training and all that can change the captions. */
export function trialKey(
  spec: { training: TrainingSpec; decode: DecodeSpec },
  inputs: ResolvedInputs,
): Sha256 {
  const training = trainingKey(spec.training, inputs);
  const decode = withoutAddedDecodeOptions(decodeAsReadBy(spec.training, spec.decode));
  return hashJson({ revision: trialRevision(spec), training, decode });
}

/**
 * Retrieval takes whole captions of the training split; there is nothing to search or draw. Null for
 * reranking that is off.
 */
export function decodeAsReadBy(training: TrainingSpec, decode: DecodeSpec): object {
  const { model } = training;
  if (model.decoder === 'retrieval') return { split: decode.split };
  const attention = decode.attention && hasAttention(model);
  const maxWords = wordsAsRead(training, decode.maxWords);
  const read = decodeAsRead({ ...decode, attention, maxWords });
  return { ...read, rerank: read.rerank.neighbours === 0 ? null : read.rerank };
}

/** Steps at most: captions end where learned positions do, and there is one for each word of a training. */
function wordsAsRead({ model, data }: TrainingSpec, maxWords: number): number {
  const isBounded =
    (model.decoder === 'sat' || model.decoder === 'fcn') && model.positions === 'learned';
  return isBounded ? Math.min(maxWords, data.maxWords) : maxWords;
}

function hasAttention(model: NeuralSpec): boolean {
  switch (model.decoder) {
    case 'nic':
      return false;
    case 'tanh-rnn':
      return model.attention.kind !== 'none';
    case 'arnn':
    case 'sat':
    case 'fcn':
    case 'show-attend-tell':
    case 'adaptive':
    case 'up-down':
      return true;
  }
}

/** Key of an evaluation: the trial and how its captions are scored. */
export function evaluationKey(trial: Sha256, scoring: ScoringSpec): Sha256 {
  return hashJson({ revision: EVALUATION_REVISION, trial, scoring });
}

/** A name says nothing beside the digest of what it stands for; renamed data is the same data. */
function withoutResolvedNames(
  spec: { dataset: string; encoder: EncoderSpec },
  encoderAsRead: (encoder: EncoderSpec) => object,
  inputs: ResolvedInputs,
): object {
  const { dataset, encoder } = spec;
  const isResolved = encoder.kind !== 'scenes-cnn' && inputs.encoderDigest !== null;
  return {
    ...spec,
    dataset: inputs.datasetDigest === null ? dataset : null,
    encoder: { ...encoderAsRead(encoder), ...(isResolved ? { name: null } : {}) },
  };
}

/** Options that the chosen kinds never read take their default, so they cannot split a key. */
function withoutIgnoredOptions(spec: TrainingSpec) {
  if (spec.model.decoder === 'retrieval') {
    const { dataset, encoder, data, model } = spec;
    const { limit, maxWords } = data;
    const read = { ...modelAsRead(model), vectors: null };
    return { dataset, encoder, data: { limit, maxWords }, model: read };
  }
  const { clip } = spec.optimizer;
  return {
    ...spec,
    model: {
      ...modelAsRead(spec.model),
      ...imageAsRead(spec.model, spec.encoder),
      vectors: vectorsOf(spec.model),
    },
    optimizer: {
      ...spec.optimizer,
      clip: { kind: clip.kind, value: clip.kind === 'none' ? 1 : clip.value },
    },
    schedule: scheduleAsRead(spec),
  };
}

/** Only features of other programs have regions that are padding; a factor says nothing to unit vectors. */
function imageAsRead(model: NeuralSpec, encoder: EncoderSpec) {
  return {
    maskPadding: encoder.kind === 'features' ? model.maskPadding : true,
    featureScale: model.featureNorm === 'l2' ? 1 : model.featureScale,
  };
}

/** Null for what is off. */
function scheduleAsRead(training: TrainingSpec) {
  const { schedule } = training;
  const { batchSize, batchWords, scheduledSampling, selfCritical } = schedule;
  return {
    ...schedule,
    batchSize: batchWords === null ? batchSize : null,
    plateau: plateauAsRead(schedule.plateau),
    scheduledSampling: isSampling(scheduledSampling) ? scheduledSampling : null,
    selfCritical: selfCritical.epochs === 0 ? null : selfCriticalAsRead(training, selfCritical),
  };
}

/** A fall to the same rate, from which nothing goes back, changes nothing whenever it comes. */
function plateauAsRead(plateau: ScheduleSpec['plateau']) {
  const { factor, weights, moments } = plateau;
  const isIdle = factor === 1 && weights === 'keep' && moments === 'keep';
  return isIdle ? { ...plateau, patience: 3 } : plateau;
}

/** `beam-mean` draws nothing, and its loss is divided by `maxWords` as it is given. */
function selfCriticalAsRead(training: TrainingSpec, spec: ScheduleSpec['selfCritical']) {
  if (spec.baseline === 'beam-mean') return { ...spec, temperature: 1 };
  return { ...spec, maxWords: wordsAsRead(training, spec.maxWords) };
}

function modelAsRead(model: ModelSpec) {
  switch (model.decoder) {
    case 'arnn': {
      const { attention } = model;
      const keepsNumbers = attention.kind === 'coverage' && attention.coverage !== 'count';
      const isAdditive = attention.kind === 'mlp' || attention.kind === 'coverage';
      const isOtherWidth = isAdditive && attention.hidden !== model.hidden;
      return {
        ...model,
        ...imageWidthAsRead(model),
        attention: {
          kind: attention.kind,
          heads: attention.kind === 'multihead' ? attention.heads : 8,
          hidden: isOtherWidth ? attention.hidden : null,
          outputProjection: attention.kind === 'multihead' && attention.outputProjection,
          isScaled: attention.kind === 'dot' ? attention.isScaled : false,
          usePreviousWord: attention.usePreviousWord,
          coverage: attention.kind === 'coverage' ? attention.coverage : 'count',
          coverageWidth: keepsNumbers ? attention.coverageWidth : 1,
        },
        recurrentInit: model.init === 'uniform' ? 'orthogonal' : model.recurrentInit,
        residual: model.layers > 1 && model.residual,
        ...globalAsRead(model, model.concatGlobal || model.initialState === 'last'),
      };
    }
    case 'sat':
      return { ...model, ...imageWidthAsRead(model), ...globalAsRead(model, false) };
    case 'fcn':
      return { ...model, ...globalAsRead(model, false) };
    case 'nic': {
      const { kind, hidden, dropout, batchNorm } = model.head;
      const head = kind === 'mlp' ? { hidden, dropout } : { hidden: null, dropout: null };
      return { ...model, ...NO_REGIONS, head: { kind, batchNorm, ...head } };
    }
    case 'tanh-rnn': {
      // Older keys know of soft attention only.
      const { locations, hard, ...soft } = model;
      const drawn = locations === 'hard' ? { locations, hard: hardAsRead(hard) } : {};
      return model.attention.kind === 'none'
        ? { ...soft, ...NO_REGIONS, attention: { kind: 'none' } }
        : { ...soft, ...drawn, ...globalAsRead(model, false) };
    }
    case 'show-attend-tell':
      return {
        ...model,
        ...(model.projectsRegions ? globalAsRead(model, false) : NO_REGIONS),
        ...(model.doublyStochastic.weight === 0 ? { doublyStochastic: null } : {}),
        hard: model.locations === 'soft' ? null : hardAsRead(model.hard),
      };
    case 'retrieval':
      return model.pick === 'nearest' ? { ...model, neighbours: null, agreeing: null } : model;
    case 'adaptive':
      return { ...model, globalInMemory: model.global !== 'none' && model.globalInMemory };
    case 'up-down': {
      const globalInMemory = model.global !== 'none' && model.globalInMemory;
      if (model.projectsRegions) return { ...model, globalInMemory };
      const global = model.global === 'none' ? 'none' : 'paper';
      return { ...model, global, globalInMemory, regionNorm: null };
    }
  }
}

/**
 * Where no region is drawn none is rewarded. The moving baseline is a number beside the weights of which
 * the reward alone knows, so without one its options change no caption.
 */
function hardAsRead(hard: ShowAttendTellSpec['hard']) {
  const isRewarded = hard.sampledShare > 0 && hard.rewardWeight > 0;
  return isRewarded ? hard : { ...hard, rewardWeight: 0, baselineDecay: 0.9, cost: 'mean' };
}

/** Null where regions are as wide as the state. */
function imageWidthAsRead({ hidden, imageHidden }: { hidden: number; imageHidden: number | null }) {
  return { imageHidden: imageHidden === hidden ? null : imageHidden };
}

/** `readsGlobal`: the decoder reads the global descriptor beside the memory; else one outside is none. */
function globalAsRead(
  { global, globalInMemory }: Pick<NeuralSpec, 'global' | 'globalInMemory'>,
  readsGlobal: boolean,
) {
  const isNone = global === 'none' || !(globalInMemory || readsGlobal);
  return isNone ? { global: 'none', globalInMemory: true } : { global, globalInMemory };
}

/** Of decoders that see the mean of the raw regions only. */
const NO_REGIONS = { global: null, globalInMemory: null, regionNorm: null };
