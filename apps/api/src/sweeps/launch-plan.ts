/** Which feature sets, trainings and evaluations the cells of a sweep need, each once. Pure. */
import {
  evaluationKey,
  featureKey,
  trainingKey,
  trialKey,
  type Cell,
  type DecodeSpec,
  type EncoderSpec,
  type ScoringSpec,
  type Sha256,
  type TrainingSpec,
} from '@capgrid/contracts';
import { resolvedFor, type EncoderFiles, type LaunchInputs } from './launch-inputs.js';

export type PlannedFeatureSet = {
  key: Sha256;
  datasetDigest: Sha256;
  limit: number | null;
  encoder: EncoderSpec;
  plan: EncoderFiles | null;
};
export type PlannedTraining = { key: Sha256; featureKey: Sha256; spec: TrainingSpec };
export type PlannedEvaluation = {
  key: Sha256;
  trainingKey: Sha256;
  decode: DecodeSpec;
  scoring: ScoringSpec;
};
export type PlannedCell = { cell: Cell; trainingKey: Sha256; evaluationKey: Sha256 };

export type LaunchPlan = {
  cells: PlannedCell[];
  /** By key, in the order in which the cells first need them. */
  featureSets: Map<Sha256, PlannedFeatureSet>;
  trainings: Map<Sha256, PlannedTraining>;
  evaluations: Map<Sha256, PlannedEvaluation>;
};

export function planLaunch(
  cells: readonly Cell[],
  inputs: LaunchInputs,
  scoring: ScoringSpec,
): LaunchPlan {
  const plan: LaunchPlan = {
    cells: [],
    featureSets: new Map(),
    trainings: new Map(),
    evaluations: new Map(),
  };
  for (const cell of cells) {
    const { decode } = cell.spec;
    const training = withUsedLimit(cell.spec.training, inputs.images);
    const { dataset, encoder } = training;
    const { limit } = training.data;
    const resolved = resolvedFor(inputs, encoder);
    const features = featureKey({ dataset, encoder, limit }, resolved);
    const trainingHash = trainingKey(training, resolved);
    const evaluation = evaluationKey(trialKey({ training, decode }, resolved), scoring);
    setOnce(plan.featureSets, features, {
      key: features,
      datasetDigest: inputs.datasetDigest,
      limit,
      encoder,
      plan: encoder.kind === 'plan' ? (inputs.encoders.get(encoder.name) ?? null) : null,
    });
    setOnce(plan.trainings, trainingHash, {
      key: trainingHash,
      featureKey: features,
      spec: training,
    });
    setOnce(plan.evaluations, evaluation, {
      key: evaluation,
      trainingKey: trainingHash,
      decode,
      scoring,
    });
    plan.cells.push({ cell, trainingKey: trainingHash, evaluationKey: evaluation });
  }
  return plan;
}

/** A limit beyond the dataset takes all images, as none does; both are the same work. */
function withUsedLimit(training: TrainingSpec, images: number): TrainingSpec {
  const { data } = training;
  if (data.limit === null || data.limit < images) return training;
  return { ...training, data: { ...data, limit: null } };
}

function setOnce<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (!map.has(key)) map.set(key, value);
}
