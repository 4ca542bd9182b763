/** Which feature sets, trainings and evaluations the cells of a sweep need, each once. Pure. */
import {
  crossEntropySpec,
  evaluationKey,
  featureKey,
  trainingKey,
  trialKey,
  vectorsOf,
  type Cell,
  type DecodeSpec,
  type EncoderSpec,
  type ScoringSpec,
  type Sha256,
  type TrainingSpec,
  type VectorFiles,
} from '@capgrid/contracts';
import {
  encoderFiles,
  resolvedFor,
  type EncoderFiles,
  type LaunchInputs,
} from './launch-inputs.js';

export type PlannedFeatureSet = {
  key: Sha256;
  datasetDigest: Sha256;
  limit: number | null;
  encoder: EncoderSpec;
} & EncoderFiles;
export type PlannedTraining = {
  key: Sha256;
  featureKey: Sha256;
  /** The training whose weights it starts from. */
  startKey: Sha256 | null;
  spec: TrainingSpec;
  vectors: VectorFiles | null;
};
export type PlannedEvaluation = {
  key: Sha256;
  featureKey: Sha256;
  trainingKey: Sha256;
  /** The trainings of an ensemble beside that one. */
  memberKeys: Sha256[];
  decode: DecodeSpec;
  scoring: ScoringSpec;
};
export type PlannedCell = { cell: Cell; trainingKey: Sha256; evaluationKey: Sha256 };

export type LaunchPlan = {
  cells: PlannedCell[];
  /** By key, in the order in which the cells first need them; what a training starts from is before it. */
  featureSets: Map<Sha256, PlannedFeatureSet>;
  trainings: Map<Sha256, PlannedTraining>;
  evaluations: Map<Sha256, PlannedEvaluation>;
};

/** With the trainings by their spec: cells of one training are many, and hashing takes long. */
type Draft = LaunchPlan & { bySpec: Map<string, PlannedTraining> };

export function planLaunch(
  cells: readonly Cell[],
  inputs: LaunchInputs,
  scoring: ScoringSpec,
): LaunchPlan {
  const plan: Draft = {
    cells: [],
    featureSets: new Map(),
    trainings: new Map(),
    evaluations: new Map(),
    bySpec: new Map(),
  };
  for (const cell of cells) {
    const { decode } = cell.spec;
    const training = withUsedLimit(cell.spec.training, inputs.images);
    const resolved = resolvedFor(inputs, training);
    const own = planTraining(plan, training, inputs);
    const memberKeys = Array.from({ length: decode.ensemble - 1 }, (_, i) => {
      const member = { ...training, seed: training.seed + i + 1 };
      return planTraining(plan, member, inputs).key;
    });
    const key = evaluationKey(trialKey({ training, decode }, resolved), scoring);
    const needs = { featureKey: own.featureKey, trainingKey: own.key, memberKeys };
    setOnce(plan.evaluations, key, { key, ...needs, decode, scoring });
    plan.cells.push({ cell, trainingKey: own.key, evaluationKey: key });
  }
  return plan;
}

/** Plans a training with all that it needs. */
function planTraining(plan: Draft, spec: TrainingSpec, inputs: LaunchInputs): PlannedTraining {
  const text = JSON.stringify(spec);
  const known = plan.bySpec.get(text);
  if (known !== undefined) return known;
  const { dataset, encoder, model } = spec;
  const { limit } = spec.data;
  const resolved = resolvedFor(inputs, spec);
  const start = crossEntropySpec(spec);
  const startKey = start === null ? null : planTraining(plan, start, inputs).key;
  const features = featureKey({ dataset, encoder, limit }, resolved);
  setOnce(plan.featureSets, features, {
    key: features,
    datasetDigest: inputs.datasetDigest,
    limit,
    encoder,
    ...encoderFiles(inputs, encoder),
  });
  const key = trainingKey(spec, resolved);
  const vectors = inputs.vectors.get(vectorsOf(model)?.name ?? '') ?? null;
  const training = { key, featureKey: features, startKey, spec, vectors };
  plan.bySpec.set(text, training);
  setOnce(plan.trainings, key, training);
  return training;
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
