/**
 * coco-caption's official example: 1,000 images of COCO with 5 captions each, and generated captions.
 * COCO's captions may not be distributed here, so the file lies beside the checkout or not at all.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { captionsByImage, type Annotation } from './read-captions.js';

export interface BaseImage {
  readonly candidate: string;
  readonly references: readonly string[];
}

const checkout = join(import.meta.dirname, '..', '..', '..', '..');

/** In the order of the candidates; null where the example is absent. */
export function readFakecap(
  shared = process.env['CAPGRID_SHARED'] ?? join(checkout, '..', 'shared'),
): readonly BaseImage[] | null {
  const folder = join(shared, 'golden', 'metrics', 'fakecap');
  if (!existsSync(folder)) return null;
  const read = (name: string): unknown =>
    JSON.parse(gunzipSync(readFileSync(join(folder, name))).toString('utf8'));
  const { annotations } = read('references.json.gz') as { annotations: Annotation[] };
  const references = captionsByImage(annotations);
  return (read('candidates.json.gz') as Annotation[]).map(({ image_id, caption }) => ({
    candidate: caption,
    references: references.get(image_id) ?? [],
  }));
}
