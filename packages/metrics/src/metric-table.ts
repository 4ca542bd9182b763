/** Every metric of this package: its name, scale and direction, in the order tables print them. */

/** `max` is null where nothing bounds the value from above. */
export interface MetricScale {
  readonly min: number;
  readonly max: number | null;
  /** What the value counts; null for a plain score. */
  readonly unit: 'words' | 'share' | null;
}

export interface Metric {
  readonly key: MetricKey;
  /** As tables print it; METEOR carries its modules in the label of a score instead. */
  readonly name: string;
  readonly scale: MetricScale;
  /** Null where neither direction is better by itself. */
  readonly higherIsBetter: boolean | null;
  /** One sentence: what it measures, and its source. */
  readonly describe: string;
}

/** Metrics that every score has: they need nothing besides the captions. */
export type CoreMetricKey = 'bleu1' | 'bleu2' | 'bleu3' | 'bleu4' | 'rougeL' | 'ciderD' | 'cider';

/** Every metric; those that are not core need more than the captions, or describe a corpus only. */
export type MetricKey =
  | CoreMetricKey
  | 'meteor'
  | 'spice'
  | 'averageLength'
  | 'distinct1'
  | 'distinct2'
  | 'vocabularyUsed'
  | 'novelCaptions'
  | 'badEndings'
  | 'perplexity';

/** One value for each metric that applies. */
export type PerMetric<T> = Readonly<Partial<Record<MetricKey, T>>>;

/** Scores: the core metrics always, the others where they apply. */
export type MetricScores = PerMetric<number> & Readonly<Record<CoreMetricKey, number>>;

const UNIT_INTERVAL: MetricScale = { min: 0, max: 1, unit: null };
const SHARE: MetricScale = { min: 0, max: 1, unit: 'share' };
const CIDER_SCALE: MetricScale = { min: 0, max: 10, unit: null };

export const METRICS: Readonly<Record<MetricKey, Metric>> = {
  bleu1: bleu('bleu1', 1),
  bleu2: bleu('bleu2', 2),
  bleu3: bleu('bleu3', 3),
  bleu4: bleu('bleu4', 4),
  meteor: {
    key: 'meteor',
    name: 'METEOR',
    scale: UNIT_INTERVAL,
    higherIsBetter: true,
    describe:
      'Weighted F-mean of an alignment of words by form, stem, synonym and paraphrase, less a ' +
      'penalty for word order (Denkowski and Lavie 2014).',
  },
  rougeL: {
    key: 'rougeL',
    name: 'ROUGE-L',
    scale: UNIT_INTERVAL,
    higherIsBetter: true,
    describe: 'F-measure of the longest common subsequence of words (Lin 2004), mean over images.',
  },
  ciderD: {
    key: 'ciderD',
    name: 'CIDEr-D',
    scale: CIDER_SCALE,
    higherIsBetter: true,
    describe:
      'tf-idf similarity of 1- to 4-grams, clipped and with a penalty for length (Vedantam et ' +
      'al. 2015); coco-caption prints it as CIDEr.',
  },
  cider: {
    key: 'cider',
    name: 'CIDEr',
    scale: CIDER_SCALE,
    higherIsBetter: true,
    describe:
      'tf-idf similarity of 1- to 4-grams without clipping and length penalty (Vedantam et al. 2015).',
  },
  spice: {
    key: 'spice',
    name: 'SPICE',
    scale: UNIT_INTERVAL,
    higherIsBetter: true,
    describe: 'F-measure of scene-graph tuples (Anderson et al. 2016), mean over images.',
  },
  averageLength: {
    key: 'averageLength',
    name: 'Length',
    scale: { min: 0, max: null, unit: 'words' },
    higherIsBetter: null,
    describe: 'Words per caption.',
  },
  distinct1: distinct('distinct1', 'Distinct-1', 'words'),
  distinct2: distinct('distinct2', 'Distinct-2', 'pairs of neighbouring words'),
  vocabularyUsed: {
    key: 'vocabularyUsed',
    name: 'Vocabulary',
    scale: { min: 0, max: null, unit: 'words' },
    higherIsBetter: null,
    describe: 'Different words in all captions together.',
  },
  novelCaptions: {
    key: 'novelCaptions',
    name: 'Novel',
    scale: SHARE,
    higherIsBetter: null,
    describe: 'Share of captions that no training caption equals, word for word.',
  },
  badEndings: {
    key: 'badEndings',
    name: 'Bad endings',
    scale: SHARE,
    higherIsBetter: false,
    describe: 'Share of captions that stop at a word no sentence ends with, such as "a" or "of".',
  },
  perplexity: {
    key: 'perplexity',
    name: 'Perplexity',
    scale: { min: 1, max: null, unit: null },
    higherIsBetter: false,
    describe: 'Geometric mean of the perplexities that came with the captions.',
  },
};

/** In the order of `METRICS`. */
export const METRIC_KEYS: readonly MetricKey[] = Object.values(METRICS).map(({ key }) => key);

/** Metrics that say how good captions are; the others describe them. */
export const QUALITY_METRICS: readonly MetricKey[] = METRIC_KEYS.filter(
  (key) => METRICS[key].higherIsBetter === true,
);

function bleu(key: 'bleu1' | 'bleu2' | 'bleu3' | 'bleu4', order: number): Metric {
  return {
    key,
    name: `BLEU-${order}`,
    scale: UNIT_INTERVAL,
    higherIsBetter: true,
    describe:
      `Geometric mean of clipped precisions of 1- to ${order}-grams with a brevity penalty, over ` +
      'the whole corpus (Papineni et al. 2002).',
  };
}

function distinct(key: 'distinct1' | 'distinct2', name: string, what: string): Metric {
  return {
    key,
    name,
    scale: SHARE,
    higherIsBetter: null,
    describe: `Different ${what} in all captions together, divided by all words (Li et al. 2016).`,
  };
}
