/** The references of `capgrid eval`: images with one or more captions each. */
import { CliError } from '../cli-error.js';
import { FORMAT_NAMES, type CaptionFile } from './caption-file.js';
import { readCaption, readImageId, type IdKind, type ImageId } from './image-id.js';
import { listSome } from './list-some.js';
import { isObject, show } from './read-json.js';
import { badFile } from './read-text.js';

export interface ReferenceImage {
  readonly ids: Partial<Record<IdKind, ImageId>>;
  /** In the order of the file. */
  readonly captions: string[];
}

export interface References {
  /** For messages. */
  readonly name: string;
  readonly format: 'coco-annotations' | 'karpathy' | 'text';
  /** Kinds of ids that every image has, the usual one first. */
  readonly kinds: readonly IdKind[];
  readonly images: readonly ReferenceImage[];
  /** Split of each image that was not asked for, by each of its ids; Karpathy's files only. */
  readonly otherSplits: ReadonlyMap<string, string>;
}

/**
 * @param splits of a Karpathy file; null for `test`
 * @throws CliError `usage`, `bad-captions`
 */
export function readReferences(
  files: readonly CaptionFile[],
  splits: readonly string[] | null,
): References {
  const [file] = files;
  if (file === undefined) throw new CliError('usage', 'There is no file of references.');
  if (splits !== null && file.format !== 'karpathy') {
    const message = `--split is for Karpathy split files, and ${file.path} is ${FORMAT_NAMES[file.format]}: leave it out.`;
    throw new CliError('usage', message);
  }
  if (file.format === 'text') return readLines(files);
  if (files.length > 1) {
    const message = `Several files of references are for plain text, and ${file.path} is ${FORMAT_NAMES[file.format]}: give one file.`;
    throw new CliError('usage', message);
  }
  if (file.format === 'karpathy') return readKarpathy(file, splits ?? ['test']);
  if (file.format === 'coco-annotations') return readAnnotations(file);
  throw badFile(
    file.path,
    'is a list of results with one caption an image, no references',
    'Give COCO annotations, a Karpathy split file or text files as --references',
  );
}

function readLines(files: readonly CaptionFile[]): References {
  const texts = files.map((file) => {
    if (file.format === 'text') return file;
    const problem = `is ${FORMAT_NAMES[file.format]} beside plain text references`;
    throw badFile(file.path, problem, 'Give text files only, or this file alone');
  });
  const [first] = texts;
  const count = first?.lines.length ?? 0;
  const other = texts.find(({ lines }) => lines.length !== count);
  if (first !== undefined && other !== undefined) {
    throw badFile(
      other.path,
      `has ${countOf(other.lines.length, 'line')} and ${first.path} has ${count}`,
      'Line n of each file is a caption of image n: give all the same number of lines, blank where a file has no caption',
    );
  }
  const images = Array.from({ length: count }, (_, index) => ({
    ids: { line: index + 1 },
    // Images with fewer references leave the line of the other files blank.
    captions: texts
      .map(({ lines }) => lines[index] ?? '')
      .filter((caption) => caption.trim() !== ''),
  }));
  const name = texts.map(({ path }) => path).join(', ');
  return { name, format: 'text', kinds: ['line'], images, otherSplits: new Map() };
}

function readAnnotations(file: CaptionFile & { format: 'coco-annotations' }): References {
  const { path } = file;
  const byId = new Map<string, ReferenceImage>();
  let hasNames = true;
  for (const [index, image] of file.images.entries()) {
    if (!isObject(image)) throw notAnObject(path, `images[${index}]`, image);
    const id = readImageId(path, `images[${index}].id`, image['id']);
    if (byId.has(String(id))) throw repeated(path, `images[${index}].id`, id);
    const fileName = image['file_name'];
    const isNamed = typeof fileName === 'string' && fileName !== '';
    hasNames &&= isNamed;
    const ids = isNamed ? { image_id: id, filename: fileName } : { image_id: id };
    byId.set(String(id), { ids, captions: [] });
  }
  for (const [index, annotation] of file.annotations.entries()) {
    const place = `annotations[${index}]`;
    if (!isObject(annotation)) throw notAnObject(path, place, annotation);
    const id = readImageId(path, `${place}.image_id`, annotation['image_id']);
    const image = byId.get(String(id));
    const listed = image?.ids.image_id;
    if (listed !== undefined && listed !== id) {
      const problem = `${place}.image_id is the ${typeof id} ${show(id)}, and "images" has the ${typeof listed} ${show(listed)}`;
      throw badFile(`${path}:`, problem, 'Write both with quotes, or both without');
    }
    if (image === undefined) {
      const problem = `${place}.image_id is ${show(id)}, and "images" has no such id`;
      throw badFile(`${path}:`, problem, 'Add the image there, or remove the annotation');
    }
    image.captions.push(readCaption(path, `${place}.caption`, annotation['caption']));
  }
  return {
    name: path,
    format: 'coco-annotations',
    kinds: hasNames ? ['image_id', 'filename'] : ['image_id'],
    images: [...byId.values()],
    otherSplits: new Map(),
  };
}

/** Splits of a file that an error lists; Karpathy's have four. */
const SHOWN_SPLITS = 5;
const KARPATHY_KINDS = ['cocoid', 'imgid', 'filename'] as const;

function readKarpathy(
  file: CaptionFile & { format: 'karpathy' },
  splits: readonly string[],
): References {
  const { path } = file;
  const images: ReferenceImage[] = [];
  const otherSplits = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const [index, image] of file.images.entries()) {
    const place = `images[${index}]`;
    if (!isObject(image)) throw notAnObject(path, place, image);
    const own = image['split'];
    if (typeof own !== 'string') {
      const problem = `${place}.split is ${show(own)}, not a string`;
      throw badFile(`${path}:`, problem, 'Write "train", "val" or "test" there');
    }
    counts.set(own, (counts.get(own) ?? 0) + 1);
    const ids = readKarpathyIds(path, place, image);
    if (splits.includes(own)) images.push({ ids, captions: readSentences(path, place, image) });
    else for (const id of Object.values(ids)) otherSplits.set(String(id), own);
  }
  if (images.length === 0) {
    const present = [...counts].map(([name, count]) => `${name} (${countOf(count, 'image')})`);
    const problem = `has no image in the split "${splits.join('" or "')}", only in ${listSome(present, SHOWN_SPLITS)}`;
    throw badFile(path, problem, 'Choose one with --split');
  }
  const kinds = KARPATHY_KINDS.filter((kind) => images.every(({ ids }) => ids[kind] !== undefined));
  for (const kind of kinds) refuseRepeatedIds(path, kind, images);
  if (kinds.length === 0) {
    const problem = 'has no id that all its images have: cocoid, imgid or filename';
    throw badFile(path, problem, 'Add one');
  }
  return { name: path, format: 'karpathy', kinds, images, otherSplits };
}

function readKarpathyIds(path: string, place: string, image: Record<string, unknown>) {
  const ids: Partial<Record<IdKind, ImageId>> = {};
  for (const kind of KARPATHY_KINDS) {
    const id = image[kind];
    if (id !== undefined) ids[kind] = readImageId(path, `${place}.${kind}`, id);
  }
  return ids;
}

function readSentences(path: string, place: string, image: Record<string, unknown>): string[] {
  const sentences = image['sentences'];
  if (!Array.isArray(sentences)) {
    const problem = `${place}.sentences is ${show(sentences)}`;
    throw badFile(`${path}:`, problem, 'Write a list of {"raw": "caption"} there');
  }
  return sentences.map((sentence: unknown, index) => {
    const inner = `${place}.sentences[${index}]`;
    if (!isObject(sentence)) throw notAnObject(path, inner, sentence);
    return readCaption(path, `${inner}.raw`, sentence['raw']);
  });
}

function refuseRepeatedIds(path: string, kind: IdKind, images: readonly ReferenceImage[]): void {
  const seen = new Set<string>();
  for (const { ids } of images) {
    const id = ids[kind];
    if (id !== undefined && seen.has(String(id))) throw repeated(path, kind, id);
    seen.add(String(id));
  }
}

function repeated(path: string, place: string, id: ImageId): CliError {
  const problem = `${place} ${show(id)} occurs twice`;
  return badFile(`${path}:`, problem, 'List every image once, and its captions below that');
}

function notAnObject(path: string, place: string, value: unknown): CliError {
  return badFile(`${path}:`, `${place} is ${show(value)}, not an object`, 'Mend or remove it');
}

export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
