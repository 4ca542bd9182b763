/** Reads and pairs all captions of one run. */
import { CliError } from '../cli-error.js';
import { readCandidates } from './candidates.js';
import { FORMAT_NAMES, readCaptionFile, type CaptionFile } from './caption-file.js';
import type { EvalOptions } from './eval-options.js';
import { pairCaptions, type CaptionPair, type CaptionPairs } from './pair-captions.js';
import { badFile } from './read-text.js';
import { countOf, readReferences } from './references.js';

export interface Inputs {
  readonly pairs: readonly CaptionPair[];
  /** Of the same images in the same order; null when there is nothing to compare. */
  readonly comparedPairs: readonly CaptionPair[] | null;
  /** Raw captions; null for none. */
  readonly training: readonly string[] | null;
  /** What `--allow-missing` left out. */
  readonly notes: readonly string[];
}

/**
 * @param tell hears how files are read where that may surprise, before an error that follows from it
 * @throws CliError `usage`, `bad-captions`
 */
export async function readInputs(
  options: EvalOptions,
  tell: (notice: string) => void,
): Promise<Inputs> {
  const { allowsMissing, compare, split } = options;
  const readFile = async (path: string): Promise<CaptionFile> => {
    const file = await readCaptionFile(path);
    if (file.format === 'text') file.notices.forEach(tell);
    return file;
  };
  const files: CaptionFile[] = [];
  for (const path of options.references) files.push(await readFile(path));
  const candidateFile = await readFile(options.candidates);
  refuseSwapped(files, candidateFile);
  const references = readReferences(files, split === null ? null : [split]);
  const pairsOf = (file: CaptionFile): CaptionPairs => {
    const candidates = readCandidates(file);
    const paired = pairCaptions(references, candidates, { allowsMissing });
    [...paired.notices, ...candidates.notices].forEach(tell);
    return paired;
  };
  const own = pairsOf(candidateFile);
  const compared = compare === null ? null : pairsOf(await readFile(compare));
  const training =
    options.training === null ? null : readTraining(await readFile(options.training));
  const notes = describeLeftOut(options.candidates, own);
  if (compare === null || compared === null) {
    return { pairs: own.pairs, comparedPairs: null, training, notes };
  }
  const [pairs, comparedPairs] = inBoth(own.pairs, compared.pairs);
  if (pairs.length === 0) {
    const problem = `has no image in common with ${options.candidates}`;
    throw badFile(compare, problem, 'Give captions of the same images');
  }
  const onlyOne = own.pairs.length + compared.pairs.length - 2 * pairs.length;
  const unshared =
    onlyOne === 0
      ? []
      : [`left out ${countOf(onlyOne, 'image')} of one file only; ${pairs.length} are compared`];
  return {
    pairs,
    comparedPairs,
    training,
    notes: [...notes, ...describeLeftOut(compare, compared), ...unshared],
  };
}

/** Fewer images left of a file than this are worth a word: papers score 1,000 and more. */
const FEW_IMAGES = 100;

/**
 * What scores of so few images mean. A test set that is small by itself is the user's choice; what is
 * left of one may be an accident.
 */
export function noticesOfFew({ pairs: { length: images }, notes }: Inputs): string[] {
  const reason = 'they weigh words by how few of the images have them';
  if (images === 1) return [`CIDEr and CIDEr-D of one image are 0: ${reason}`];
  if (notes.length === 0 || images >= FEW_IMAGES) return [];
  return [`CIDEr and CIDEr-D of ${images} images cannot be compared with those of all: ${reason}`];
}

/** Only where the formats prove it. */
function refuseSwapped([first]: readonly CaptionFile[], candidates: CaptionFile): void {
  const isSwapped =
    first?.format === 'coco-results' &&
    (candidates.format === 'coco-annotations' || candidates.format === 'karpathy');
  if (!isSwapped) return;
  throw new CliError(
    'usage',
    `The files are swapped: ${first.path} is ${FORMAT_NAMES[first.format]}, ${candidates.path} is ` +
      `${FORMAT_NAMES[candidates.format]}. Call it with --references ${candidates.path} --candidates ${first.path}.`,
  );
}

function describeLeftOut(path: string, { pairs, leftOut }: CaptionPairs): string[] {
  if (leftOut.length === 0) return [];
  return [`${path}: ${leftOut.join(' and ')}; ${countOf(pairs.length, 'image')} left to score`];
}

function inBoth(a: readonly CaptionPair[], b: readonly CaptionPair[]) {
  const inA = new Set(a.map(({ imageId }) => imageId));
  const inB = new Set(b.map(({ imageId }) => imageId));
  const ofA = a.filter(({ imageId }) => inB.has(imageId));
  return [ofA, b.filter(({ imageId }) => inA.has(imageId))] as const;
}

/** Karpathy's models are trained on `train` and `restval` of COCO. */
function readTraining(file: CaptionFile): string[] {
  const { path } = file;
  if (file.format === 'coco-results') {
    const remedy = 'Give COCO annotations, a Karpathy split file or text as --training';
    throw badFile(path, 'is a list of results, no captions to train on', remedy);
  }
  const splits = file.format === 'karpathy' ? ['train', 'restval'] : null;
  const captions = readReferences([file], splits).images.flatMap((image) => image.captions);
  if (captions.length > 0) return captions;
  throw badFile(path, 'has no captions', 'Give the captions the model was trained on');
}
