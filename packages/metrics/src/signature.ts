/** The signature says what, besides the captions, went into a score. It is stored with the score. */
import { CIDER_SIGMA } from './cider-d.js';
import { MAX_ORDER } from './ngrams.js';

/** Version of the algorithms here. A change that moves any score raises it. */
export const METRICS_VERSION = '0.1.0';

export interface SignatureInput {
  /** References per image; all lists count. */
  readonly references: readonly (readonly string[])[];
  /** What split the captions into tokens before they came here. */
  readonly tokenizer: string;
  /** What happened to upper case before the captions came here. */
  readonly letterCase: string;
  /** `corpus`: counted over the references scored here; `given`: passed in. */
  readonly documentFrequencies: 'corpus' | 'given';
}

/** For example `refs:5|tok:none|case:as-given|df:corpus|sigma:6|n:4|v:0.1.0`, `refs:1-10|…`. */
export function metricSignature(input: SignatureInput): string {
  let fewest = Infinity;
  let most = 0;
  for (const ofImage of input.references) {
    fewest = Math.min(fewest, ofImage.length);
    most = Math.max(most, ofImage.length);
  }
  return [
    `refs:${fewest < most ? `${fewest}-${most}` : most}`,
    `tok:${input.tokenizer}`,
    `case:${input.letterCase}`,
    `df:${input.documentFrequencies}`,
    `sigma:${CIDER_SIGMA}`,
    `n:${MAX_ORDER}`,
    `v:${METRICS_VERSION}`,
  ].join('|');
}
