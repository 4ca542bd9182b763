/**
 * The signature says what, besides the captions, went into a score. It is stored with the score;
 * scores with different signatures do not belong into one column.
 */
import { METRICS, type MetricKey } from './metric-table.js';
import { setHash } from './set-hash.js';
import type { SpiceRun } from './spice-score.js';

/**
 * Raised by every change that moves any score of the same captions, and by nothing else: a score is
 * worth the same under all versions of one major. So signatures and stored scores carry it alone.
 */
export const METRICS_MAJOR = 1;

/** Version of this package. */
export const METRICS_VERSION = `${METRICS_MAJOR}.0.0`;

/** What scores of one run depend on. */
export interface SignatureInput {
  readonly imageIds: readonly string[];
  /** From `nameReferences`: `5-1a2b3c4d5e6f`. */
  readonly references: string;
  /** What split the captions into words, and what it saw of the next caption. */
  readonly tokenizer: string;
  readonly context: string;
  /** Null where METEOR is not computed. */
  readonly meteor: {
    /** `METEOR`, or with the modules in brackets where not all four ran. */
    readonly label: string;
    readonly modules: readonly string[];
    /** Names the word lists. */
    readonly lexicon: string;
    /** Names the paraphrase table; null without one. */
    readonly paraphrases: string | null;
  } | null;
  /** `test-references`, or `given-…` for frequencies of another corpus. */
  readonly idfSource: string;
  /** Names the training captions that novelty was measured against; null without. */
  readonly trainingCaptions: string | null;
  /** What SPICE itself was given, which need not be what the other metrics read; null without. */
  readonly spice: SpiceRun | null;
}

/**
 * Signatures of these metrics, for instance
 * `ROUGE-L|v:1|tok:ptb-3.4.1|ctx:next-caption|refs:5-6f5e4d3c2b1a|images:1000-1a2b3c4d5e6f`.
 */
export function signMetrics(
  keys: readonly MetricKey[],
  input: SignatureInput,
): Partial<Record<MetricKey, string>> {
  const images = `images:${input.imageIds.length}-${setHash(input.imageIds)}`;
  const signatures: Partial<Record<MetricKey, string>> = {};
  for (const key of keys) {
    const name = key === 'meteor' ? input.meteor?.label : METRICS[key].name;
    signatures[key] = [name, `v:${METRICS_MAJOR}`, ...ownFields(key, input), images].join('|');
  }
  return signatures;
}

/** What only some metrics depend on. */
function ownFields(key: MetricKey, input: SignatureInput): readonly string[] {
  const tokens = [`tok:${input.tokenizer}`, `ctx:${input.context}`];
  const compared = [...tokens, `refs:${input.references}`];
  const { meteor, spice } = input;
  switch (key) {
    case 'bleu1':
    case 'bleu2':
    case 'bleu3':
    case 'bleu4':
    case 'rougeL':
      return compared;
    case 'ciderD':
    case 'cider':
      return [...compared, `idf:${input.idfSource}`];
    case 'meteor':
      if (meteor === null) return compared;
      return [
        ...compared,
        `mod:${meteor.modules.join(',')}`,
        `lex:${meteor.lexicon}`,
        ...(meteor.paraphrases === null ? [] : [`par:${meteor.paraphrases}`]),
      ];
    case 'spice':
      if (spice === null) return [];
      return [
        `tok:${spice.tokenizer}`,
        `ctx:${spice.context}`,
        `refs:${spice.references}`,
        `tool:${spice.tool}`,
      ];
    case 'averageLength':
    case 'distinct1':
    case 'distinct2':
    case 'vocabularyUsed':
    case 'badEndings':
      return tokens;
    case 'novelCaptions':
      // Both sides are tokenised caption by caption, whatever the context of the other metrics.
      return [`tok:${input.tokenizer}`, 'ctx:none', `train:${input.trainingCaptions ?? 'none'}`];
    case 'perplexity':
      return [];
  }
}
