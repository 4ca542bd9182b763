/** Files of captions for tests, read and paired as `capgrid eval` does it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCandidates } from './candidates.js';
import { readCaptionFile } from './caption-file.js';
import { pairCaptions } from './pair-captions.js';
import { readReferences } from './references.js';

/** One per file of tests, whose files replace each other. */
const folder = mkdtempSync(join(tmpdir(), 'capgrid-eval-'));

export function removeFixtures(): void {
  rmSync(folder, { recursive: true });
}

type Content = string | Buffer | object;

export function write(name: string, content: Content): string {
  const path = join(folder, name);
  const isRaw = typeof content === 'string' || Buffer.isBuffer(content);
  writeFileSync(path, isRaw ? content : JSON.stringify(content));
  return path;
}

export interface Given {
  references: Content | Content[];
  candidates: Content;
  split?: string;
  allowsMissing?: boolean;
}

/** As `capgrid eval` does it, with files r (or r1, r2, …) and c. */
export async function pair({ references, candidates, split, allowsMissing = false }: Given) {
  const several = Array.isArray(references) && !isResults(references);
  const paths = several
    ? references.map((content, index) => write(`r${index + 1}`, content))
    : [write('r', references)];
  const files = [];
  for (const path of paths) files.push(await readCaptionFile(path));
  const read = readReferences(files, split === undefined ? null : [split]);
  const c = readCandidates(await readCaptionFile(write('c', candidates)));
  return pairCaptions(read, c, { allowsMissing });
}

const isResults = (list: unknown[]): boolean => list.every((entry) => typeof entry === 'object');

/** The message, with the folder taken out. */
export async function messageOf(given: Given): Promise<string> {
  const error: unknown = await pair(given).then(
    () => 'no error',
    (cause: unknown) => cause,
  );
  return String(error).replaceAll(`${folder}/`, '').replace('CliError: ', '');
}

export const annotations = {
  images: [
    { id: 1, file_name: 'a.jpg' },
    { id: 2, file_name: 'b.jpg' },
  ],
  annotations: [
    { image_id: 1, id: 1, caption: 'a dog' },
    { image_id: 2, id: 2, caption: 'a cat' },
    { image_id: 1, id: 3, caption: 'one dog' },
  ],
};
export const results = [
  { image_id: 2, caption: 'the cat' },
  { image_id: 1, caption: 'the dog' },
];
export const karpathy = {
  dataset: 'coco',
  images: [
    karpathyImage('a.jpg', 7, 1, 'test', ['a dog', 'one dog']),
    karpathyImage('b.jpg', 8, 2, 'test', ['a cat']),
    karpathyImage('c.jpg', 9, 3, 'val', ['a cow']),
  ],
};

export function karpathyImage(
  filename: string,
  imgid: number,
  cocoid: number,
  split: string,
  raws: string[],
) {
  return { filename, imgid, cocoid, split, sentences: raws.map((raw) => ({ raw, tokens: [] })) };
}
