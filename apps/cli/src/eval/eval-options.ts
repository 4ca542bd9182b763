/** What `capgrid eval` was asked for. */

export interface EvalOptions {
  readonly references: readonly string[];
  readonly candidates: string;
  /** Candidates to compare with; null for none. */
  readonly compare: string | null;
  readonly perImage: string | null;
  readonly allowsMissing: boolean;
  readonly meteorParaphrases: string | null;
  readonly spiceJar: string | null;
  readonly training: string | null;
  /** Of a Karpathy file; null for its `test`. */
  readonly split: string | null;
  readonly resamples: number;
  readonly seed: number;
  /** See `tokenizeCaptions`. */
  readonly captionContext: 'next-caption' | 'none';
  readonly wantsJson: boolean;
}
