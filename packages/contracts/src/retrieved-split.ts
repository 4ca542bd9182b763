/** Images whose own captions would be looked up. */
import { decodeAsRead } from './decode-spec.js';
import type { SpecIssue } from './spec-issue.js';
import type { TrialSpec } from './trial-spec.js';

/**
 * Every image of the training split is in the index: it would be its own nearest neighbour, and its
 * caption one of those that it is scored by.
 */
export function faultsOfRetrievedSplit({ training, decode }: TrialSpec): SpecIssue[] {
  if (decode.split !== 'train') return [];
  const tell = (message: string) => [{ path: 'decode.split', value: '"train"', message }];
  if (training.model.decoder === 'retrieval') {
    return tell(
      'retrieval would find each training image itself and copy its captions; give val or test',
    );
  }
  if (decodeAsRead(decode).rerank.neighbours === 0) return [];
  return tell(
    'decode.rerank would find each training image itself and ask its captions; give val or test',
  );
}
