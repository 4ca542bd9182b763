/**
 * The signature says what, besides the captions, went into a score. It is stored with the score;
 * scores with different signatures do not belong into one column.
 */
import { METRICS, type MetricKey } from './metric-table.js';
import { setHash } from './set-hash.js';

/** Version of the algorithms here. A change that moves any score raises it. */
export const METRICS_VERSION = '1.0.0';

/** What scores of one run depend on. */
export interface SignatureInput {
  readonly imageIds: readonly string[];
  /** References per image; all lists count. */
  readonly references: readonly (readonly string[])[];
  /** What split the captions into words, and what it saw of the next caption. */
  readonly tokenizer: string;
  readonly context: string;
  /** `METEOR`, or with the modules in brackets where not all four ran. */
  readonly meteorLabel: string;
  readonly meteorModules: readonly string[];
  /** Names the paraphrase table; null without one. */
  readonly paraphrases: string | null;
  /** `test-references`, or `given-…` for frequencies of another corpus. */
  readonly idfSource: string;
  /** Names the training captions that novelty was measured against; null without. */
  readonly trainingCaptions: string | null;
  /** Names the jar and its version; null without SPICE. */
  readonly spiceTool: string | null;
}

/**
 * Signatures of all metrics, for instance
 * `CIDEr-D|v:1.0.0|tok:ptb-3.4.1|ctx:next-caption|refs:5|idf:test-references|images:1000-1a2b3c4d5e6f`.
 */
export function metricSignatures(input: SignatureInput): Readonly<Record<MetricKey, string>> {
  const version = `v:${METRICS_VERSION}`;
  const tokens = [`tok:${input.tokenizer}`, `ctx:${input.context}`];
  const references = `refs:${countReferences(input.references)}`;
  const images = `images:${input.imageIds.length}-${setHash(input.imageIds)}`;
  const idf = `idf:${input.idfSource}`;
  const own: Partial<Record<MetricKey, readonly string[]>> = {
    meteor: [
      ...tokens,
      references,
      `mod:${input.meteorModules.join(',')}`,
      ...(input.paraphrases === null ? [] : [`par:${input.paraphrases}`]),
    ],
    ciderD: [...tokens, references, idf],
    cider: [...tokens, references, idf],
    spice: [...tokens, references, `tool:${input.spiceTool ?? 'none'}`],
    averageLength: tokens,
    distinct1: tokens,
    distinct2: tokens,
    vocabularyUsed: tokens,
    novelCaptions: [...tokens, `train:${input.trainingCaptions ?? 'none'}`],
    badEndings: tokens,
    perplexity: [],
  };
  const sign = (key: MetricKey): string =>
    [
      key === 'meteor' ? input.meteorLabel : METRICS[key].name,
      version,
      ...(own[key] ?? [...tokens, references]),
      images,
    ].join('|');
  const signatures: Record<MetricKey, string> = {
    bleu1: sign('bleu1'),
    bleu2: sign('bleu2'),
    bleu3: sign('bleu3'),
    bleu4: sign('bleu4'),
    meteor: sign('meteor'),
    rougeL: sign('rougeL'),
    ciderD: sign('ciderD'),
    cider: sign('cider'),
    spice: sign('spice'),
    averageLength: sign('averageLength'),
    distinct1: sign('distinct1'),
    distinct2: sign('distinct2'),
    vocabularyUsed: sign('vocabularyUsed'),
    novelCaptions: sign('novelCaptions'),
    badEndings: sign('badEndings'),
    perplexity: sign('perplexity'),
  };
  return signatures;
}

/** `5`, or `1-10` where images differ. */
function countReferences(references: readonly (readonly string[])[]): string {
  let fewest = Infinity;
  let most = 0;
  for (const ofImage of references) {
    fewest = Math.min(fewest, ofImage.length);
    most = Math.max(most, ofImage.length);
  }
  return fewest < most ? `${fewest}-${most}` : `${most}`;
}
