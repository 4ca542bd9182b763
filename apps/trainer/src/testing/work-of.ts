/** Works of a plain training and its evaluation: no other training, no trained encoder, no ensemble. */
import type { EvaluationWork, TrainingWork } from '@capgrid/contracts';

export function trainingWorkOf(
  given: Pick<TrainingWork, 'spec' | 'datasetDigest' | 'featuresSha256'> & Partial<TrainingWork>,
): TrainingWork {
  return { kind: 'training', plan: null, startWeightsSha256: null, resume: null, ...given };
}

export function evaluationWorkOf(
  given: Omit<EvaluationWork, 'kind' | 'plan' | 'memberWeightsSha256'> & Partial<EvaluationWork>,
): EvaluationWork {
  return { kind: 'evaluation', plan: null, memberWeightsSha256: [], ...given };
}
