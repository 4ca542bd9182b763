/** Reads what write-captions.ts wrote. The child times the metrics' code, so none of it is loaded here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names in the folder. */
export const FILES = {
  references: 'references.json',
  candidates: 'candidates.json',
  others: 'others.json',
  tokenized: 'tokenized.json',
} as const;

/** tokenized.json: tokens with one blank between them, images in the order of candidates.json. */
export interface TokenizedFile {
  readonly references: readonly (readonly string[])[];
  readonly candidates: readonly string[];
  readonly others: readonly string[];
}

/** What `scoreCaptions` takes. */
export function readItems(
  folder: string,
  side: 'candidates' | 'others',
): { imageId: string; candidate: string; references: string[] }[] {
  const read = (file: keyof typeof FILES): unknown =>
    JSON.parse(readFileSync(join(folder, FILES[file]), 'utf8'));
  const references = captionsByImage(
    (read('references') as { annotations: Annotation[] }).annotations,
  );
  return (read(side) as Annotation[]).map(({ image_id, caption }) => ({
    imageId: String(image_id),
    candidate: caption,
    references: references.get(image_id) ?? [],
  }));
}

/** COCO's names. */
export interface Annotation {
  readonly image_id: number;
  readonly caption: string;
}

/** In the order of the annotations. */
export function captionsByImage(annotations: readonly Annotation[]): Map<number, string[]> {
  const captions = new Map<number, string[]>();
  for (const { image_id, caption } of annotations) {
    const ofImage = captions.get(image_id);
    if (ofImage === undefined) captions.set(image_id, [caption]);
    else ofImage.push(caption);
  }
  return captions;
}
