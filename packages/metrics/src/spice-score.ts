/** SPICE (Anderson et al. 2016) as the SPICE tool reports it; `src/node/spice.ts` runs the tool. */
import { isRecord } from './invalid-input.js';
import { mean } from './mean.js';
import { MetricResourceError } from './metric-resource-error.js';
import type { CaptionContext } from './tokenize-items.js';

/** Scene-graph tuples of one category. `f` is null where neither side has a tuple of it. */
export interface SpiceCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly f: number | null;
}

export interface SpiceImage {
  readonly imageId: string;
  /** F over all tuples, 0..1; 0 where neither side has any tuple. */
  readonly f: number;
  /** `All`, `Object`, `Attribute`, `Relation`, `Color`, `Size`, `Cardinality`. */
  readonly categories: Readonly<Record<string, SpiceCounts>>;
}

/** What SPICE was and what it was given, for signatures. */
export interface SpiceRun {
  /** Name and hash of the jar, for instance `spice-1.0.jar-1a2b3c4d5e6f`. */
  readonly tool: string;
  /** What split the captions into words, and what it saw of the next caption. */
  readonly tokenizer: string;
  readonly context: CaptionContext;
  /** References per image and their hash: `5-1a2b3c4d5e6f`. */
  readonly references: string;
}

export interface SpiceScore extends SpiceRun {
  /** Mean over images of F, 0..1. */
  readonly corpus: number;
  /** In input order. */
  readonly perImage: readonly SpiceImage[];
}

/**
 * Reads what SPICE wrote with `-out` and `-subset`: a list of `{ image_id, scores: { All: { tp, fp,
 * fn, f, … }, … } }` in any order, where `image_id` is the index of the image. The tool writes null
 * or NaN where a fraction is 0 / 0.
 *
 * @throws MetricResourceError `spice-output-invalid`
 */
export function readSpiceOutput(
  text: string,
  imageIds: readonly string[],
  run: SpiceRun,
): SpiceScore {
  const images = new Map<number, SpiceImage>();
  for (const [place, entry] of parseList(text).entries()) {
    const index = field(entry, 'image_id');
    const imageId = typeof index === 'number' ? imageIds[index] : undefined;
    if (typeof index !== 'number' || imageId === undefined || images.has(index)) {
      throw invalid(
        `entry ${place} has the image_id ${JSON.stringify(index)}, not that of one more image`,
      );
    }
    const categories: Record<string, SpiceCounts> = {};
    for (const [category, counts] of Object.entries(record(field(entry, 'scores'), place))) {
      categories[category] = readCounts(counts, `entry ${place}, ${category}`);
    }
    const all = categories['All'];
    if (all === undefined) throw invalid(`entry ${place} has no scores of the category "All"`);
    images.set(index, { imageId, f: all.f ?? 0, categories });
  }
  const perImage = imageIds.map((imageId, index) => {
    const image = images.get(index);
    if (image === undefined) {
      throw new MetricResourceError(
        'spice-output-invalid',
        `SPICE gave scores for ${images.size} of ${imageIds.length} images; "${imageId}" has ` +
          'none. Run it again; if that image stays out, look at its captions.',
      );
    }
    return image;
  });
  return { corpus: mean(perImage.map(({ f }) => f)), perImage, ...run };
}

function parseList(text: string): readonly unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replaceAll(/:\s*NaN\b/g, ':null'));
  } catch (cause) {
    const start = JSON.stringify(text.slice(0, 60));
    throw invalid(text === '' ? 'it is empty' : `it is no JSON and starts with ${start}`, cause);
  }
  if (!Array.isArray(parsed)) throw invalid('it is JSON, but no list of images');
  return parsed;
}

function readCounts(counts: unknown, place: string): SpiceCounts {
  const count = (name: string): number => {
    const value = field(counts, name);
    if (typeof value === 'number') return value;
    throw invalid(`${place}: ${name} is ${JSON.stringify(value)}, not a number`);
  };
  const f = field(counts, 'f');
  return {
    truePositives: count('tp'),
    falsePositives: count('fp'),
    falseNegatives: count('fn'),
    f: typeof f === 'number' ? f : null,
  };
}

function record(value: unknown, place: number): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw invalid(`entry ${place} has no scores`);
}

function field(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function invalid(what: string, cause?: unknown): MetricResourceError {
  return new MetricResourceError(
    'spice-output-invalid',
    `The output of SPICE cannot be read: ${what}. Check that the jar is SPICE 1.0.`,
    { cause },
  );
}
