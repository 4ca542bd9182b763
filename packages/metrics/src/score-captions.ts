/** All metrics at once from raw captions, keyed by image: what an evaluation stores. */
import { bleuOf, type BleuScore, type BleuStatistics } from './bleu.js';
import {
  describeCaptions,
  meanPerplexity,
  measureNovelty,
  type CaptionStatistics,
  type Novelty,
} from './caption-statistics.js';
import { readCaptionWords } from './caption-words.js';
import { ciderOf } from './cider.js';
import type { DocumentFrequencies } from './document-frequencies.js';
import { assertCaptions, assertObject, invalidInput, isRecord } from './invalid-input.js';
import { assertMeteor, scoreMeteor, type Meteor } from './meteor/meteor.js';
import type { MeteorStatistics } from './meteor/statistics.js';
import { MetricInputError } from './metric-input-error.js';
import {
  METRIC_KEYS,
  METRICS,
  type MetricKey,
  type MetricScores,
  type PerMetric,
} from './metric-table.js';
import { nameReferences } from './name-references.js';
import { readNgrams } from './ngrams.js';
import { rougeLOf } from './rouge-l.js';
import { setHash } from './set-hash.js';
import { signMetrics } from './signature.js';
import type { SpiceScore } from './spice-score.js';
import { PTB_TOKENIZER, tokenizeCaptions } from './ptb/tokenize-captions.js';
import {
  tokenizeItems,
  type CaptionContext,
  type CaptionItem,
  type TokenizedCaptions,
} from './tokenize-items.js';

export interface ScoredItem extends CaptionItem {
  /** Perplexity the model gave its caption; for all images or for none. */
  readonly perplexity?: number | undefined;
}

export interface ScoreCaptionsOptions {
  /** Made once, it serves many runs; without it there is no METEOR score. */
  readonly meteor?: Meteor | undefined;
  /** See `tokenizeCaptions`; default `next-caption`, as coco-caption. */
  readonly context?: CaptionContext | undefined;
  /** See `scoreCiderD`; default: of the references scored here. */
  readonly documentFrequencies?: DocumentFrequencies | undefined;
  /** Raw captions the model was trained on; gives the share of novel captions. */
  readonly trainingCaptions?: readonly string[] | undefined;
  /** What the SPICE tool said about the same images. */
  readonly spice?: SpiceScore | undefined;
}

export interface ImageScore {
  readonly imageId: string;
  /** Metrics that describe a corpus only are absent. Shares are 0 or 1 here. */
  readonly scores: MetricScores;
  /** For resampling: corpus BLEU and METEOR are computed from sums of statistics. */
  readonly bleu: BleuStatistics;
  /** Null without METEOR. */
  readonly meteor: MeteorStatistics | null;
}

export interface CaptionsScore {
  readonly images: number;
  /** CIDEr and CIDEr-D in 0..10, all other scores in 0..1; scales are in `METRICS`. */
  readonly corpus: MetricScores;
  /** Names for a table; METEOR's carries its modules unless all four ran. */
  readonly labels: PerMetric<string>;
  readonly signatures: PerMetric<string>;
  /** In input order. */
  readonly perImage: readonly ImageScore[];
  readonly tokenized: TokenizedCaptions;
}

/**
 * Scores one caption per image against its references.
 *
 * @throws MetricInputError for no images, an image without references or given twice, a perplexity
 * that is missing or below 1, SPICE values of other images, and values of other types than these.
 */
export function scoreCaptions(
  items: readonly ScoredItem[],
  options: ScoreCaptionsOptions = {},
): CaptionsScore {
  assertOptions(options);
  const { meteor, context = 'next-caption', documentFrequencies, trainingCaptions } = options;
  const tokenized = tokenizeItems(items, context);
  const perplexities = perplexitiesOf(items);
  const spice = options.spice === undefined ? null : inItemOrder(options.spice, items);
  const { candidates, references } = tokenized;
  const captionWords = readCaptionWords(candidates, references);
  const ngrams = readNgrams(captionWords);
  const bleu = bleuOf(ngrams);
  const { cider, ciderD } = ciderOf(ngrams, { documentFrequencies });
  const rougeL = rougeLOf(captionWords, candidates, references);
  const meteorScore = meteor && scoreMeteor(candidates, references, meteor);
  const statistics = describeCaptions(candidates);
  const novelty = trainingCaptions && noveltyOf(items, trainingCaptions);

  const corpus: MetricScores = {
    ...bleuScores(bleu.corpus),
    ...(meteorScore && { meteor: meteorScore.corpus }),
    rougeL: rougeL.corpus,
    ciderD: ciderD.corpus,
    cider: cider.corpus,
    ...(options.spice && { spice: options.spice.corpus }),
    averageLength: statistics.averageLength,
    distinct1: statistics.distinct1,
    distinct2: statistics.distinct2,
    vocabularyUsed: statistics.vocabularyUsed,
    ...(novelty && { novelCaptions: novelty.corpus }),
    badEndings: statistics.badEndings,
    ...(perplexities && { perplexity: meanPerplexity(perplexities) }),
  };
  const perImage = items.map(({ imageId, perplexity }, image): ImageScore => ({
    imageId,
    scores: {
      ...bleuScores(at(bleu.perImage, image)),
      ...(meteorScore && { meteor: at(meteorScore.perImage, image) }),
      rougeL: at(rougeL.perImage, image),
      ciderD: at(ciderD.perImage, image),
      cider: at(cider.perImage, image),
      ...(spice && { spice: at(spice, image) }),
      ...imageStatistics(at(statistics.perImage, image)),
      ...(novelty && { novelCaptions: Number(at(novelty.perImage, image)) }),
      ...(perplexity !== undefined && { perplexity }),
    },
    bleu: at(bleu.perImageStatistics, image),
    meteor: meteorScore === undefined ? null : at(meteorScore.perImageStatistics, image),
  }));
  const keys = METRIC_KEYS.filter((key) => corpus[key] !== undefined);
  const imageIds = items.map(({ imageId }) => imageId);
  const signatures = signMetrics(keys, {
    imageIds,
    references: nameReferences(imageIds, references),
    tokenizer: PTB_TOKENIZER,
    context,
    meteor: meteor ?? null,
    idfSource: documentFrequencies === undefined ? 'test-references' : idfName(documentFrequencies),
    trainingCaptions:
      trainingCaptions === undefined
        ? null
        : `${trainingCaptions.length}-${setHash(trainingCaptions)}`,
    spice: options.spice ?? null,
  });
  return {
    images: items.length,
    corpus,
    labels: { ...namesOf(keys), ...(meteor && { meteor: meteor.label }) },
    signatures,
    perImage,
    tokenized,
  };
}

/** Frequencies are checked where they are used. */
function assertOptions(options: unknown): void {
  assertObject('options', options, 'an object of options, or nothing');
  const { meteor, trainingCaptions, spice } = isRecord(options) ? options : {};
  if (meteor !== undefined) assertMeteor(meteor);
  if (trainingCaptions !== undefined) assertCaptions('trainingCaptions', trainingCaptions);
  if (spice === undefined || (isRecord(spice) && Array.isArray(spice['perImage']))) return;
  throw invalidInput('spice', spice, 'what runSpice resolves to');
}

function perplexitiesOf(items: readonly ScoredItem[]): readonly number[] | null {
  const perplexities: number[] = [];
  for (const { perplexity } of items) if (perplexity !== undefined) perplexities.push(perplexity);
  if (perplexities.length === 0) return null;
  if (perplexities.length < items.length) {
    const index = items.findIndex(({ perplexity }) => perplexity === undefined);
    throw new MetricInputError(
      'missing-perplexity',
      `Image "${items[index]?.imageId}" has no perplexity, but ${perplexities.length} of ` +
        `${items.length} images have one. Give every image a perplexity, or none.`,
    );
  }
  return perplexities;
}

/** SPICE per item. */
function inItemOrder(spice: SpiceScore, items: readonly ScoredItem[]): readonly number[] {
  const values = new Map(spice.perImage.map(({ imageId, f }) => [imageId, f]));
  if (values.size > items.length) {
    throw new MetricInputError(
      'spice-images-differ',
      `SPICE has values for ${values.size} images, but ${items.length} images are scored. ` +
        'Run SPICE on exactly these images.',
    );
  }
  return items.map(({ imageId }) => {
    const f = values.get(imageId);
    if (f === undefined) {
      throw new MetricInputError(
        'spice-images-differ',
        `SPICE has no value for image "${imageId}". Run SPICE on exactly these images.`,
      );
    }
    return f;
  });
}

function bleuScores(
  bleu: BleuScore['corpus'],
): Pick<MetricScores, 'bleu1' | 'bleu2' | 'bleu3' | 'bleu4'> {
  const [bleu1, bleu2, bleu3, bleu4] = bleu;
  return { bleu1, bleu2, bleu3, bleu4 };
}

/** Each caption by itself on both sides: in a file, tokens depend on the next caption. */
function noveltyOf(items: readonly ScoredItem[], training: readonly string[]): Novelty {
  const alone = (captions: readonly string[]): string[] =>
    tokenizeCaptions(captions, { context: 'none' });
  return measureNovelty(alone(items.map(({ candidate }) => candidate)), alone(training));
}

function imageStatistics(image: CaptionStatistics['perImage'][number]): PerMetric<number> {
  return {
    averageLength: image.length,
    badEndings: Number(image.hasBadEnding),
  };
}

function idfName({ documentCount, counts }: DocumentFrequencies): string {
  const entries = function* (): Generator<string> {
    for (const [ngram, count] of counts) yield `${ngram}\t${count}`;
  };
  return `given-${documentCount}-${setHash(entries())}`;
}

function namesOf(keys: readonly MetricKey[]): PerMetric<string> {
  return Object.fromEntries(keys.map((key) => [key, METRICS[key].name]));
}

/** Every metric answers with one value per item, so a missing one is a defect of this package. */
function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new RangeError(`No value for item ${index} of ${values.length}.`);
  return value;
}
