/** Weights that wait for an update to which their training never comes. */
import { trainedLayersOf } from './encoder-spec.js';
import { vectorsOf } from './model/model-spec.js';
import type { SpecIssue } from './spec-issue.js';
import type { TrainingSpec } from './training-spec.js';

/**
 * A training whose layers or vectors start to be trained at its last update or later would be one of its
 * own by its options, and in its weights the one without them. A self-critical training waits for nothing,
 * so before one they may wait to the end. Where `schedule.maxSteps` is null nothing is known before the
 * training is over.
 */
export function faultsOfWaiting({ encoder, model, schedule }: TrainingSpec): SpecIssue[] {
  const { maxSteps, selfCritical } = schedule;
  if (model.decoder === 'retrieval' || maxSteps === null || selfCritical.epochs > 0) return [];
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
