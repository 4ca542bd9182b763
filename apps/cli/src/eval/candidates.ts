/** The candidates of `capgrid eval`: one generated caption per image. */
import { FORMAT_NAMES, type CaptionFile } from './caption-file.js';
import { readCaption, readImageId, type IdKind, type ImageId } from './image-id.js';
import { isObject, show } from './read-json.js';
import { badFile } from './read-text.js';

export interface Candidate {
  readonly id: ImageId;
  readonly caption: string;
  /** Null unless every caption of the file has one. */
  readonly perplexity: number | null;
}

export interface Candidates {
  readonly path: string;
  readonly format: 'coco-results' | 'text';
  /** The member that holds the ids; `image_id` says nothing about the kind. */
  readonly key: IdKind;
  /** In the order of the file, every id once. */
  readonly captions: readonly Candidate[];
  /** What the user cannot see in the scores: whole sentences without the dot. */
  readonly notices: readonly string[];
}

/** @throws CliError `bad-captions` */
export function readCandidates(file: CaptionFile): Candidates {
  const { path } = file;
  if (file.format === 'text') {
    const captions = file.lines.map((caption, index) => ({
      id: index + 1,
      caption,
      perplexity: null,
    }));
    return { path, format: 'text', key: 'line', captions, notices: [] };
  }
  if (file.format === 'coco-results') return readResults(file);
  throw badFile(
    path,
    `is ${FORMAT_NAMES[file.format]}, which hold references, not one caption an image`,
    'Give a list [{"image_id","caption"}] or a text file here, and this file as --references',
  );
}

const KEYS = ['image_id', 'cocoid', 'imgid', 'filename'] as const;

function readResults({ path, entries }: CaptionFile & { format: 'coco-results' }): Candidates {
  const [first] = entries;
  const key = KEYS.find((name) => isObject(first) && name in first);
  if (key === undefined) {
    const names = isObject(first) ? Object.keys(first).slice(0, 5).join(', ') : '';
    const problem = `[0] has no image_id, only ${names === '' ? 'nothing' : names}`;
    throw badFile(`${path}:`, problem, 'Write {"image_id": 42, "caption": "a dog on a sofa"}');
  }
  const placeOf = new Map<string, number>();
  const captions = entries.map((entry, index): Candidate => {
    const fields = isObject(entry) ? entry : {};
    const id = readImageId(path, `[${index}].${key}`, fields[key]);
    const earlier = placeOf.get(String(id));
    if (earlier !== undefined) {
      const problem = `[${earlier}] and [${index}] both are of ${key} ${show(id)}`;
      throw badFile(
        `${path}:`,
        problem,
        'Keep one caption per image: the best, when these are beams',
      );
    }
    placeOf.set(String(id), index);
    const caption = readCaption(path, `[${index}].caption`, fields['caption']);
    return { id, caption, perplexity: readPerplexity(fields['perplexity']) };
  });
  return { path, format: 'coco-results', key, ...agreeOnPerplexity(path, captions, entries) };
}

/** Some tools write the mean log-probability under this name, so a wrong value is no error. */
function readPerplexity(value: unknown): number | null {
  return typeof value === 'number' && value >= 1 ? value : null;
}

/** A mean over some of the captions would stand for all of them. */
function agreeOnPerplexity(
  path: string,
  captions: readonly Candidate[],
  entries: readonly unknown[],
): Pick<Candidates, 'captions' | 'notices'> {
  const isGiven = entries.some(
    (entry) => isObject(entry) && (entry['perplexity'] ?? null) !== null,
  );
  const bad = captions.findIndex(({ perplexity }) => perplexity === null);
  if (!isGiven || bad === -1) return { captions, notices: [] };
  const entry = entries[bad];
  const value = show(isObject(entry) ? entry['perplexity'] : undefined);
  const notice =
    `${path}: the perplexities are left out, as [${bad}].perplexity is ${value}, and every caption ` +
    'needs one, a number from 1';
  return {
    captions: captions.map((candidate) => ({ ...candidate, perplexity: null })),
    notices: [notice],
  };
}
