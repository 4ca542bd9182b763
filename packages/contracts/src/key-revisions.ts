/**
 * Which results of older releases still count. Raise a number when code changes the result of every
 * spec, or let a function raise it for the specs that it changes; older results stay readable.
 */
import { decodeAsRead, type DecodeSpec } from './decode-spec.js';
import type { NeuralSpec } from './model/model-spec.js';
import type { ScheduleSpec } from './schedule-spec.js';
import type { TrainingSpec } from './training-spec.js';

export const FEATURES_REVISION = 1;
const TRAINING_REVISION = 1;
const TRIAL_REVISION = 1;
export const EVALUATION_REVISION = 2;

/**
 * More for what older releases trained otherwise. The faults of the second release came to light when
 * those of the first were mended, so a spec may have both.
 */
export function trainingRevision({ model, schedule }: TrainingSpec): number {
  if (model.decoder === 'retrieval') return TRAINING_REVISION;
  return TRAINING_REVISION + firstFaults(model, schedule) + secondFaults(model, schedule);
}

/**
 * One more: kernels and coverage had other fans, `weightNorm: all` normalised the scales of the output
 * too, and hard attention had smoothed costs. Two more for self-critical training, of which some had one
 * more before: the likelihoods of samples counted marks that are never drawn, and samples were cut at
 * `data.maxWords`.
 */
function firstFaults(model: NeuralSpec, schedule: ScheduleSpec): 0 | 1 | 2 {
  if (schedule.selfCritical.epochs > 0) return 2;
  const isCovering = model.decoder === 'arnn' && model.attention.kind === 'coverage';
  const coverage = isCovering ? model.attention.coverage : 'count';
  const hasOtherStart =
    model.init === 'xavier-average'
      ? model.decoder === 'fcn' || coverage !== 'count'
      : model.init === 'xavier-in' && coverage === 'tanh';
  const isHard = model.decoder === 'show-attend-tell' && model.locations === 'hard';
  const isOther =
    hasOtherStart || model.weightNorm === 'all' || (isHard && schedule.labelSmoothing > 0);
  return isOther ? 1 : 0;
}

/**
 * One more: `weightNorm: all` still normalised the scales of an output that is the embedding, and the keys
 * and values of SAT had the fans of one matrix. One more: the loss of `beam-mean` was divided by the words
 * of all hypotheses, later by those of each.
 */
function secondFaults(
  { decoder, init, tieEmbedding, weightNorm }: NeuralSpec,
  { selfCritical: { epochs, baseline } }: ScheduleSpec,
): number {
  const hasOtherStart = decoder === 'sat' && init === 'xavier-average';
  const isOther = hasOtherStart || (weightNorm === 'all' && tieEmbedding);
  return Number(isOther) + Number(epochs > 0 && baseline === 'beam-mean');
}

/** One more for beams, which ranked what was cut behind all that had ended. */
export function trialRevision(spec: { training: TrainingSpec; decode: DecodeSpec }): number {
  const { method, beam, norm } = decodeAsRead(spec.decode);
  const ranksCut = method === 'beam' && beam > 1 && norm !== 'on_finish';
  const isOther = ranksCut && spec.training.model.decoder !== 'retrieval';
  return isOther ? TRIAL_REVISION + 1 : TRIAL_REVISION;
}
