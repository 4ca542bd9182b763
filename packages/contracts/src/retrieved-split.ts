/** Images that retrieval must not be asked for. */
import type { SpecIssue } from './spec-issue.js';
import type { TrialSpec } from './trial-spec.js';

/**
 * Every image of the training split is in the index: it would be its own nearest neighbour, and its
 * caption one of those that it is scored by.
 */
export function faultsOfRetrievedSplit({ training, decode }: TrialSpec): SpecIssue[] {
  if (training.model.decoder !== 'retrieval' || decode.split !== 'train') return [];
  const message =
    'retrieval would find each training image itself and copy its captions; give val or test';
  return [{ path: 'decode.split', value: '"train"', message }];
}
