/** Tells the format of a file of captions by its content; what is inside is checked by the readers. */
import { findJsonError } from './find-json-error.js';
import { isObject, parseJson, show } from './read-json.js';
import { badFile, readText } from './read-text.js';

export type CaptionFile =
  /** `{"images":[{"id"}],"annotations":[{"image_id","caption"}]}`, several captions an image. */
  | {
      readonly format: 'coco-annotations';
      readonly path: string;
      readonly images: readonly unknown[];
      readonly annotations: readonly unknown[];
    }
  /** `[{"image_id","caption"}]`, one caption an image. */
  | {
      readonly format: 'coco-results';
      readonly path: string;
      readonly entries: readonly unknown[];
    }
  /** `{"images":[{"split","sentences":[{"raw"}],"imgid"}]}`. */
  | { readonly format: 'karpathy'; readonly path: string; readonly images: readonly unknown[] }
  /** One caption a line. */
  | {
      readonly format: 'text';
      readonly path: string;
      readonly lines: readonly string[];
      /** Why it is taken for text where that may surprise: whole sentences without the dot. */
      readonly notices: readonly string[];
    };

export const FORMAT_NAMES: Record<CaptionFile['format'], string> = {
  'coco-annotations': 'COCO annotations',
  'coco-results': 'COCO results',
  karpathy: 'a Karpathy split file',
  text: 'plain text',
};

/** @throws CliError `usage` when it cannot be read, `bad-captions` when it has none of the formats */
export async function readCaptionFile(path: string): Promise<CaptionFile> {
  const text = await readText(path);
  const start = startOf(path, text);
  if (start === 'text') return { format: 'text', path, lines: splitLines(text), notices: [] };
  const fault = start === 'json' ? null : findJsonError(text);
  if (fault !== null) {
    const notice =
      `${path} begins like JSON and is none (line ${fault.line}, column ${fault.column}: ` +
      `${fault.problem}), so it is read as text with one caption a line`;
    return { format: 'text', path, lines: splitLines(text), notices: [notice] };
  }
  const value = parseJson(path, text);
  if (Array.isArray(value)) return readList(path, value);
  if (!isObject(value)) throw unknownFormat(path, `is only ${show(value)}`);
  return readObject(path, value);
}

/**
 * A caption may begin with a bracket too, as in `[unk] on a table`. What is meant as JSON is called so or
 * begins as one of its formats does; a fault in it is to be told, not scored as a caption.
 */
function startOf(path: string, text: string): 'json' | 'text' | 'unclear' {
  if (/\.json(\.gz)?$/i.test(path)) return 'json';
  // No list of JSON begins with a letter, and no format here with `[true`.
  if (!/^\s*(?:\[\s*(?:[^\s\p{L}]|$)|\{)/u.test(text)) return 'text';
  const isList = /^\s*\[\s*(?:\]\s*$|$|\{\s*(?:["'}]|$))/.test(text);
  const isObjectStart = /^\s*\{\s*(?:\}?\s*$|"[^"\n]*"?\s*(?::|$)|'[^'\n]*'?\s*(?::|$))/.test(text);
  return isList || isObjectStart ? 'json' : 'unclear';
}

/** The end of the last line begins no other one. Files of old Macs have CR alone at the end of lines. */
function splitLines(text: string): string[] {
  const lines = text.split(text.includes('\n') ? '\n' : '\r');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

function readList(path: string, entries: readonly unknown[]): CaptionFile {
  if (entries.length === 0) throw badFile(path, 'is an empty list', 'Give a file with captions');
  const index = entries.findIndex((entry) => !isObject(entry));
  if (index !== -1) throw unknownFormat(path, `has ${show(entries[index])} at [${index}]`);
  return { format: 'coco-results', path, entries };
}

function readObject(path: string, value: Record<string, unknown>): CaptionFile {
  const { images, annotations } = value;
  if (!Array.isArray(images)) {
    const problem = images === undefined ? 'has no list "images"' : `: images is ${show(images)}`;
    throw unknownFormat(path, problem);
  }
  if (images.length === 0) {
    throw badFile(path, 'has an empty list "images"', 'Give a file with images and captions');
  }
  if (Array.isArray(annotations)) return { format: 'coco-annotations', path, images, annotations };
  if (annotations !== undefined) throw unknownFormat(path, `: annotations is ${show(annotations)}`);
  if (isObject(images[0]) && 'sentences' in images[0]) return { format: 'karpathy', path, images };
  throw unknownFormat(
    path,
    'has images, and neither a list "annotations" nor "sentences" in images',
  );
}

function unknownFormat(path: string, problem: string) {
  return badFile(
    path,
    problem,
    'Captions are read from COCO annotations {"images":[{"id"}],"annotations":[{"image_id","caption"}]}, ' +
      'COCO results [{"image_id","caption"}], a Karpathy split file {"images":[{"sentences","split"}]} ' +
      'or text with one caption a line',
  );
}
