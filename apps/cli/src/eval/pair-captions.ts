/** Brings candidates and references together, image by image, and refuses what does not fit. */
import { CliError } from '../cli-error.js';
import type { Candidate, Candidates } from './candidates.js';
import { FORMAT_NAMES } from './caption-file.js';
import type { IdKind, ImageId } from './image-id.js';
import { listSome } from './list-some.js';
import { show } from './read-json.js';
import { badFile } from './read-text.js';
import { countOf, type ReferenceImage, type References } from './references.js';

export interface CaptionPair {
  /** As the file of candidates writes it. */
  readonly candidateId: ImageId;
  /** As the references call it: equal for all files of candidates and all kinds of ids. */
  readonly imageId: string;
  readonly candidate: string;
  readonly references: readonly string[];
  readonly perplexity: number | null;
}

export interface CaptionPairs {
  /**
   * In the order of the references' images, as coco-caption takes them: what the tokenizer sees behind a
   * caption must not depend on the order of the candidates.
   */
  readonly pairs: readonly CaptionPair[];
  /** What `--allow-missing` left out, one sentence each. */
  readonly leftOut: readonly string[];
  /** How ids are read where that may surprise: whole sentences without the dot. */
  readonly notices: readonly string[];
}

/** As many ids as a message lists. */
const SHOWN_IDS = 3;

/**
 * @throws CliError `usage` when the files cannot belong together, `bad-captions` when an image is
 * unknown, or has no candidate or no references and `allowsMissing` is false
 */
export function pairCaptions(
  references: References,
  candidates: Candidates,
  { allowsMissing }: { allowsMissing: boolean },
): CaptionPairs {
  assertSameForm(references, candidates);
  const { byId, notices } = indexById(references, candidates);
  const candidateOf = new Map<ReferenceImage, Candidate>();
  for (const candidate of candidates.captions) {
    const image = byId.get(String(candidate.id));
    if (image === undefined) throw unknownImage(references, candidates, byId);
    candidateOf.set(image, candidate);
  }
  const pairs: CaptionPair[] = [];
  const without: Without = { references: [], candidate: [], both: [] };
  for (const image of references.images) {
    const own = candidateOf.get(image);
    if (own === undefined) {
      without[image.captions.length === 0 ? 'both' : 'candidate'].push(usualId(references, image));
    } else if (image.captions.length === 0) without.references.push(own.id);
    else {
      pairs.push({
        candidateId: own.id,
        imageId: String(usualId(references, image)),
        candidate: own.caption,
        references: image.captions,
        perplexity: own.perplexity,
      });
    }
  }
  if (!allowsMissing) refuseMissing(references, candidates, pairs.length, without);
  const leftOut = [
    ...describeLeftOut(without.references, 'without references'),
    ...describeLeftOut(without.candidate, 'without a candidate'),
    ...describeLeftOut(without.both, 'with neither references nor a candidate'),
  ];
  if (pairs.length > 0) return { pairs, leftOut, notices };
  const problem = `has no caption of an image that has references in ${references.name}`;
  throw badFile(candidates.path, problem, 'Give the candidates of these images');
}

/** Ids of images that lack something. */
interface Without {
  readonly references: ImageId[];
  readonly candidate: ImageId[];
  readonly both: ImageId[];
}

/** The image by the kind of id of the candidates. */
type Index = ReadonlyMap<string, ReferenceImage>;

function assertSameForm(references: References, { path, format, captions }: Candidates): void {
  const isText = references.format === 'text';
  if (isText !== (format === 'text')) {
    const [text, other] = isText ? [references.name, path] : [path, references.name];
    const otherFormat = isText ? format : references.format;
    const message =
      `${text} is plain text, whose lines have no image ids, and ${other} is ${FORMAT_NAMES[otherFormat]}: ` +
      `give text files on both sides, or ${isText ? 'references with ids' : 'candidates as [{"image_id","caption"}]'}.`;
    throw new CliError('bad-captions', message);
  }
  if (!isText || captions.length === references.images.length) return;
  const problem = `has ${countOf(captions.length, 'line')} and ${references.name} ${countOf(references.images.length, 'line')}`;
  throw badFile(
    path,
    problem,
    'Line n is the caption of image n: give both the same number of lines',
  );
}

/** By the kind of id that the candidates name, or that most of them match. */
function indexById(
  references: References,
  candidates: Candidates,
): { byId: Index; notices: string[] } {
  const { kinds, images } = references;
  const { key, path, captions } = candidates;
  if (key !== 'image_id' && !kinds.includes(key)) {
    const problem = `has the ids in "${key}", and not every image of ${references.name} has one`;
    throw badFile(path, problem, `Use "${kinds.join('" or "')}"`);
  }
  const possible = (key === 'image_id' ? kinds : [key]).map((kind) => {
    const index = indexOf(images, kind);
    const matches = captions.filter(({ id }) => index.has(String(id))).length;
    return { kind, index, matches };
  });
  const [best, ...others] = possible.toSorted((a, b) => b.matches - a.matches);
  if (best === undefined) throw new RangeError('References have at least one kind of ids.');
  const rival = others.find(
    ({ matches, index }) =>
      matches === best.matches &&
      captions.some(({ id }) => index.get(String(id)) !== best.index.get(String(id))),
  );
  if (rival !== undefined && best.matches > 0) {
    const problem = `has image_id where ${references.name} has both ${best.kind} and ${rival.kind}, and both fit`;
    throw badFile(path, problem, `Write "${best.kind}" or "${rival.kind}" in place of "image_id"`);
  }
  const notices = compareTypes(best.kind, best.index, candidates, references);
  return { byId: best.index, notices };
}

function indexOf(images: readonly ReferenceImage[], kind: IdKind): Index {
  const index = new Map<string, ReferenceImage>();
  for (const image of images) index.set(String(image.ids[kind]), image);
  return index;
}

/**
 * JSON writers and data frames turn all numbers of a column into strings, or back. So where all ids of
 * one file are of one type and all of the other file of the other, 42 and "42" are the same image; in a
 * file that has both types they may be two.
 *
 * @throws CliError `bad-captions`
 */
function compareTypes(
  kind: IdKind,
  index: Index,
  { path, key, captions }: Candidates,
  { name, images }: References,
): string[] {
  const place = captions.findIndex(({ id }) => {
    const known = index.get(String(id))?.ids[kind];
    return known !== undefined && known !== id;
  });
  const id = captions[place]?.id;
  if (id === undefined) return [];
  const known = index.get(String(id))?.ids[kind];
  const isConsistent =
    captions.every((candidate) => typeof candidate.id === typeof id) &&
    images.every(({ ids }) => typeof ids[kind] === typeof known);
  const [own, other] = [`${typeof id} ${show(id)}`, `${typeof known} ${show(known)}`];
  if (isConsistent) {
    return [
      `${path}: every ${key} is a ${typeof id}, and in ${name} a ${typeof known}: ${show(id)} is taken for ${show(known)}`,
    ];
  }
  throw badFile(
    `${path}:`,
    `[${place}].${key} is the ${own}, and ${name} has the ${other}`,
    `Write it ${typeof id === 'string' ? 'without' : 'with'} quotes`,
  );
}

function unknownImage(references: References, candidates: Candidates, byId: Index): CliError {
  const { path, key, captions } = candidates;
  const unknown = captions.filter(({ id }) => !byId.has(String(id)));
  const [first] = unknown;
  const place = first === undefined ? 0 : captions.indexOf(first);
  const split = references.otherSplits.get(String(first?.id));
  const where =
    split === undefined
      ? `${references.name} has no such image`
      : `${references.name} has that image in the split "${split}"`;
  const count =
    unknown.length === 1 ? '' : ` (and ${unknown.length - 1} more of ${captions.length})`;
  const remedy =
    unknown.length === captions.length && split === undefined
      ? 'None is known: give the references of these images'
      : split === undefined
        ? 'Remove such entries, or give references that contain these images'
        : `Remove such entries, or add --split ${split}`;
  return badFile(
    `${path}:`,
    `[${place}].${key} is ${show(first?.id)}, and ${where}${count}`,
    remedy,
  );
}

function refuseMissing(
  { name, images }: References,
  { path }: Candidates,
  pairs: number,
  { references, candidate, both }: Without,
): void {
  const remedy =
    pairs === 0 ? '' : `, or score the other ${countOf(pairs, 'image')} with --allow-missing`;
  const withoutReferences = [...references, ...both];
  if (withoutReferences.length > 0) {
    const problem = `has no caption for ${countOf(withoutReferences.length, 'image')}: ${listIds(withoutReferences)}`;
    throw badFile(name, problem, `Add captions${remedy}`);
  }
  if (candidate.length === 0) return;
  const problem = `has no caption for ${candidate.length} of the ${countOf(images.length, 'image')} of ${name}: ${listIds(candidate)}`;
  throw badFile(path, problem, `Add them${remedy}`);
}

function describeLeftOut(ids: readonly ImageId[], what: string): string[] {
  return ids.length === 0 ? [] : [`left out ${countOf(ids.length, 'image')} ${what}`];
}

function usualId({ kinds }: References, { ids }: ReferenceImage): ImageId {
  const [usual] = kinds;
  const id = usual === undefined ? undefined : ids[usual];
  if (id === undefined) throw new RangeError('Every image has an id of each kind.');
  return id;
}

function listIds(ids: readonly ImageId[]): string {
  return listSome(ids.map(show), SHOWN_IDS);
}
