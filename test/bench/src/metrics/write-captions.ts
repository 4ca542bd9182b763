/** A set of captions as files: in COCO's formats, and tokenised for those who only score. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tokenizeItems } from '@capgrid/metrics';
import type { CaptionImage } from './caption-set.js';
import { FILES, type TokenizedFile } from './read-captions.js';

/** The folder. The caller removes it with `removeCaptions`. */
export function writeCaptions(images: readonly CaptionImage[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'capgrid-bench-'));
  const write = (file: keyof typeof FILES, content: unknown): void =>
    writeFileSync(join(folder, FILES[file]), JSON.stringify(content));
  write('references', {
    images: images.map(({ imageId }) => ({ id: imageId })),
    annotations: images
      .flatMap(({ imageId, references }) =>
        references.map((caption) => ({ image_id: imageId, caption })),
      )
      .map((annotation, index) => ({ id: index + 1, ...annotation })),
  });
  const results = (captionOf: (image: CaptionImage) => string): unknown =>
    images.map((image) => ({ image_id: image.imageId, caption: captionOf(image) }));
  write(
    'candidates',
    results(({ candidate }) => candidate),
  );
  write(
    'others',
    results(({ other }) => other),
  );
  const tokenize = (captionOf: (image: CaptionImage) => string) =>
    tokenizeItems(
      images.map((image) => ({
        imageId: String(image.imageId),
        candidate: captionOf(image),
        references: image.references,
      })),
      'next-caption',
    );
  const { candidates, references } = tokenize(({ candidate }) => candidate);
  const others = tokenize(({ other }) => other).candidates;
  write('tokenized', { references, candidates, others } satisfies TokenizedFile);
  return folder;
}

export function removeCaptions(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
