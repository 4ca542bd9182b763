/**
 * Works of a plain training and its evaluation: no other training, no trained encoder, no word
 * vectors, no ensemble.
 */
import type { EvaluationWork, TrainingWork } from '@capgrid/contracts';

export function trainingWorkOf(
  given: Pick<TrainingWork, 'spec' | 'datasetDigest' | 'featuresSha256'> & Partial<TrainingWork>,
): TrainingWork {
  const none = { plan: null, vectors: null, startWeightsSha256: null, resume: null };
  return { kind: 'training', ...none, ...given };
}

export function evaluationWorkOf(
  given: Omit<EvaluationWork, 'kind' | 'plan' | 'memberWeightsSha256'> & Partial<EvaluationWork>,
): EvaluationWork {
  return { kind: 'evaluation', plan: null, memberWeightsSha256: [], ...given };
}
