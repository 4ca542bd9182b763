/** All metrics at once, keyed by image: what an evaluation stores. */
import { scoreBleu, type BleuStatistics } from './bleu.js';
import { scoreCiderD, type DocumentFrequencies } from './cider-d.js';
import { MetricInputError } from './metric-input-error.js';
import type { PerOrder } from './ngrams.js';
import { scoreRougeL } from './rouge-l.js';
import { metricSignature } from './signature.js';

/** Captions are tokens joined by one space; nothing here changes case or punctuation. */
export interface CaptionItem {
  readonly imageId: string;
  readonly candidate: string;
  readonly references: readonly string[];
}

export interface ScoreCaptionsOptions {
  /** Name of the tokenizer already applied, for the signature; default `none`. */
  readonly tokenizer?: string | undefined;
  /** Case folding already applied, for the signature; default `as-given`. */
  readonly letterCase?: string | undefined;
  /** See `scoreCiderD`. */
  readonly documentFrequencies?: DocumentFrequencies | undefined;
}

/** BLEU and ROUGE-L lie in 0..1, CIDEr-D in 0..10. */
export interface CaptionScores {
  readonly bleu1: number;
  readonly bleu2: number;
  readonly bleu3: number;
  readonly bleu4: number;
  readonly rougeL: number;
  readonly ciderD: number;
}

export interface ImageScores extends CaptionScores {
  readonly imageId: string;
  /** For resampling: corpus BLEU is computed from sums of these. */
  readonly bleuStatistics: BleuStatistics;
}

export interface CaptionsScore {
  readonly corpus: CaptionScores;
  /** In input order. */
  readonly perImage: readonly ImageScores[];
  readonly bleuStatistics: BleuStatistics;
  readonly signature: string;
}

/** Scores one caption per image against its references. */
export function scoreCaptions(
  items: readonly CaptionItem[],
  options: ScoreCaptionsOptions = {},
): CaptionsScore {
  assertScorable(items);
  const candidates = items.map((item) => item.candidate);
  const references = items.map((item) => item.references);
  const { documentFrequencies } = options;
  const bleu = scoreBleu(candidates, references);
  const rougeL = scoreRougeL(candidates, references);
  const ciderD = scoreCiderD(candidates, references, { documentFrequencies });

  const perImage = items.map(({ imageId }, image) => ({
    imageId,
    ...named(at(bleu.perImage, image), at(rougeL.perImage, image), at(ciderD.perImage, image)),
    bleuStatistics: at(bleu.perImageStatistics, image),
  }));
  return {
    corpus: named(bleu.corpus, rougeL.corpus, ciderD.corpus),
    perImage,
    bleuStatistics: bleu.statistics,
    signature: metricSignature({
      references,
      tokenizer: options.tokenizer ?? 'none',
      letterCase: options.letterCase ?? 'as-given',
      documentFrequencies: documentFrequencies === undefined ? 'corpus' : 'given',
    }),
  };
}

function assertScorable(items: readonly CaptionItem[]): void {
  const firstIndex = new Map<string, number>();
  for (const [index, { imageId, references }] of items.entries()) {
    const earlier = firstIndex.get(imageId);
    if (earlier !== undefined) {
      throw new MetricInputError(
        'duplicate-image-id',
        `Image id "${imageId}" occurs at index ${earlier} and again at index ${index}. ` +
          'Keep one candidate per image.',
      );
    }
    if (references.length === 0) {
      throw new MetricInputError(
        'no-references',
        `Image "${imageId}" has 0 references. Give it at least one reference or leave it out.`,
      );
    }
    firstIndex.set(imageId, index);
  }
}

function named(bleu: PerOrder<number>, rougeL: number, ciderD: number): CaptionScores {
  const [bleu1, bleu2, bleu3, bleu4] = bleu;
  return { bleu1, bleu2, bleu3, bleu4, rougeL, ciderD };
}

/** Every metric answers with one value per item, so a missing one is a defect of this package. */
function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new RangeError(`No value for item ${index} of ${values.length}.`);
  return value;
}
