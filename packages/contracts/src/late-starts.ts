/** What begins at an update or an epoch to which its training never comes. */
import { trainedLayersOf } from './encoder-spec.js';
import { vectorsOf } from './model/model-spec.js';
import { isSampling, type ScheduleSpec } from './schedule-spec.js';
import type { SpecIssue } from './spec-issue.js';
import type { TrainingSpec } from './training-spec.js';

/** By its options such a training would be one of its own, and in its weights the one without. */
export function faultsOfLateStarts(training: TrainingSpec): SpecIssue[] {
  if (training.model.decoder === 'retrieval') return [];
  return [...faultsOfWaiting(training), ...faultsOfSampling(training.schedule)];
}

/**
 * Layers or vectors that start to be trained at the last update or later. A self-critical training waits
 * for nothing, so before one they may wait to the end. Where `schedule.maxSteps` is null nothing is known
 * before the training is over.
 */
function faultsOfWaiting({ encoder, model, schedule }: TrainingSpec): SpecIssue[] {
  const { maxSteps, selfCritical } = schedule;
  if (maxSteps === null || selfCritical.epochs > 0) return [];
  const trainFrom = vectorsOf(model)?.trainFrom ?? null;
  const waiting = [
    ...(encoder.kind === 'plan' && trainedLayersOf(encoder) > 0
      ? [{ path: 'encoder.fineTune.afterStep', updates: encoder.fineTune.afterStep }]
      : []),
    ...(trainFrom === null ? [] : [{ path: 'model.vectors.trainFrom', updates: trainFrom }]),
  ];
  return waiting
    .filter(({ updates }) => updates >= maxSteps)
    .map(({ path, updates }) => ({
      path,
      value: String(updates),
      message: `schedule.maxSteps ends the training after ${maxSteps} updates, so none comes after ${updates}; give ${maxSteps - 1} or less`,
    }));
}

/** Epochs count from 0, and self-critical training draws in its own way. */
function faultsOfSampling({ maxEpochs, scheduledSampling }: ScheduleSpec): SpecIssue[] {
  const { everyEpochs } = scheduledSampling;
  if (!isSampling(scheduledSampling) || everyEpochs < maxEpochs) return [];
  const remedy =
    maxEpochs > 1 ? `give ${maxEpochs - 1} or less` : 'give schedule.maxEpochs 2 or more';
  return [
    {
      path: 'schedule.scheduledSampling.everyEpochs',
      value: String(everyEpochs),
      message: `schedule.maxEpochs ends the training after ${maxEpochs} ${maxEpochs === 1 ? 'epoch' : 'epochs'}, so no input is drawn after ${everyEpochs}; ${remedy}`,
    },
  ];
}
