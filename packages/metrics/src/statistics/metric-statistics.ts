/**
 * What resampling needs of a score: per image a few numbers per metric that add up over images, and
 * the function from their sums to the corpus score. No caption is read again.
 *
 * CIDEr and CIDEr-D enter as values per image, so their document frequencies stay those of the full
 * test set in every resample (`IDF_UNDER_RESAMPLING`). Recounting them would need the n-grams of all
 * references in each resample, and would test another question: other references, not other images.
 *
 * Distinct-n and the vocabulary are left out: an image drawn twice adds no new word, so their
 * resamples fall below the value of the full set.
 */
import { MetricInputError } from '../metric-input-error.js';
import { METRIC_KEYS, METRICS, type MetricKey } from '../metric-table.js';
import type { BleuStatistics } from '../bleu.js';
import type { MeteorStatistics } from '../meteor/statistics.js';
import { BLEU_WIDTH, bleuFromSums, writeBleuRow } from './bleu-columns.js';
import { METEOR_WIDTH, meteorFromSums, writeMeteorRow } from './meteor-columns.js';

/** CIDEr keeps the document frequencies of the full test set in every resample. */
export const IDF_UNDER_RESAMPLING = 'fixed';

export interface MetricStatistics {
  readonly metric: MetricKey;
  /** As a table prints it. */
  readonly label: string;
  readonly signature: string;
  /** Ascending by UTF-16 code units, so the order of the input moves no draw. */
  readonly imageIds: readonly string[];
  readonly images: number;
  /** Numbers per image. */
  readonly width: number;
  /** [width, images], one contiguous column per number, images in the order of `imageIds`. */
  readonly columns: Float64Array;
  /** Corpus score from the sums of the columns over `images` images, one drawn twice counted twice. */
  readonly fromSums: (sums: Float64Array, images: number) => number;
}

/** The part of a `CaptionsScore` that resampling reads; stored rows can be put in this form. */
export interface ResamplingSource {
  readonly perImage: readonly {
    readonly imageId: string;
    readonly scores: Readonly<Partial<Record<MetricKey, number>>>;
    readonly bleu: BleuStatistics;
    readonly meteor: MeteorStatistics | null;
  }[];
  readonly signatures: Readonly<Partial<Record<MetricKey, string>>>;
  readonly labels: Readonly<Partial<Record<MetricKey, string>>>;
}

type SourceImage = ResamplingSource['perImage'][number];

/** How one metric becomes columns. Metrics with equal `write` share their columns. */
interface Recipe {
  readonly width: number;
  /** Writes the numbers of one image to `row`, or answers false where the image lacks them. */
  readonly write: (image: SourceImage, row: Float64Array) => boolean;
  readonly fromSums: MetricStatistics['fromSums'];
}

/**
 * Statistics of every metric that has a signature and can be resampled, in table order.
 *
 * @throws MetricInputError for no images, an image given twice, an image without a value, and a value
 * that is not finite.
 */
export function resamplingStatistics(score: ResamplingSource): MetricStatistics[] {
  const images = inIdOrder(score.perImage);
  const imageIds = images.map(({ imageId }) => imageId);
  const columnsOf = new Map<Recipe['write'], Float64Array>();
  return METRIC_KEYS.flatMap((metric): MetricStatistics[] => {
    const recipe = RECIPES[metric];
    const signature = score.signatures[metric];
    if (recipe === undefined || signature === undefined) return [];
    const { width, write, fromSums } = recipe;
    const columns = columnsOf.get(write) ?? columnsFrom(images, metric, recipe);
    columnsOf.set(write, columns);
    const label = score.labels[metric] ?? METRICS[metric].name;
    return [
      { metric, label, signature, imageIds, images: images.length, width, columns, fromSums },
    ];
  });
}

const writeBleu: Recipe['write'] = ({ bleu }, row) => writeBleuRow(bleu, row);

const RECIPES: Readonly<Partial<Record<MetricKey, Recipe>>> = {
  bleu1: { width: BLEU_WIDTH, write: writeBleu, fromSums: (sums) => bleuFromSums(sums, 0) },
  bleu2: { width: BLEU_WIDTH, write: writeBleu, fromSums: (sums) => bleuFromSums(sums, 1) },
  bleu3: { width: BLEU_WIDTH, write: writeBleu, fromSums: (sums) => bleuFromSums(sums, 2) },
  bleu4: { width: BLEU_WIDTH, write: writeBleu, fromSums: (sums) => bleuFromSums(sums, 3) },
  meteor: {
    width: METEOR_WIDTH,
    write: ({ meteor }, row) => meteor !== null && writeMeteorRow(meteor, row),
    fromSums: meteorFromSums,
  },
  rougeL: meanOf('rougeL'),
  ciderD: meanOf('ciderD'),
  cider: meanOf('cider'),
  spice: meanOf('spice'),
  averageLength: meanOf('averageLength'),
  novelCaptions: meanOf('novelCaptions'),
  badEndings: meanOf('badEndings'),
  // geometric mean
  perplexity: {
    width: 1,
    write: ({ scores }, row) => writeValue(logOf(scores.perplexity), row),
    fromSums: (sums, images) => Math.exp((sums[0] ?? NaN) / images),
  },
};

function meanOf(metric: MetricKey): Recipe {
  return {
    width: 1,
    write: ({ scores }, row) => writeValue(scores[metric], row),
    fromSums: (sums, images) => (sums[0] ?? NaN) / images,
  };
}

function logOf(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.log(value);
}

function writeValue(value: number | undefined, row: Float64Array): boolean {
  if (value === undefined) return false;
  row[0] = value;
  return true;
}

function inIdOrder(perImage: readonly SourceImage[]): readonly SourceImage[] {
  if (perImage.length === 0) {
    throw new MetricInputError('no-images', 'There are 0 images to resample. Score at least two.');
  }
  const images = perImage.toSorted((a, b) =>
    a.imageId < b.imageId ? -1 : a.imageId > b.imageId ? 1 : 0,
  );
  for (const [index, { imageId }] of images.entries()) {
    if (imageId === images[index + 1]?.imageId) {
      throw new MetricInputError(
        'duplicate-image-id',
        `Image id "${imageId}" occurs twice. Keep one candidate per image.`,
      );
    }
  }
  return images;
}

function columnsFrom(
  images: readonly SourceImage[],
  metric: MetricKey,
  { width, write }: Recipe,
): Float64Array {
  const columns = new Float64Array(width * images.length);
  const row = new Float64Array(width);
  for (const [index, image] of images.entries()) {
    const isWritten = write(image, row);
    if (!isWritten || !row.every(Number.isFinite)) {
      throw new MetricInputError(
        isWritten ? 'value-not-finite' : 'missing-value',
        `Image "${image.imageId}" has ${isWritten ? 'the values ' + row.join(', ') : 'no value'} for ` +
          `${METRICS[metric].name}. Score the image again, or leave the metric out of the comparison.`,
      );
    }
    for (let column = 0; column < width; column += 1) {
      columns[column * images.length + index] = row[column] ?? NaN;
    }
  }
  return columns;
}
