/**
 * Reads a Karpathy split file (dataset_flickr8k.json, dataset_coco.json, ...) and decides which
 * images to import under which id. Checks everything that does not need the pictures.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Caption, QuarantinedImage, Sha256, Split } from '@capgrid/contracts';
import { z } from 'zod';
import { DataError } from '../data-error.js';
import { describeIssues } from '../describe-issues.js';

const Identifier = z.union([z.int(), z.string().min(1)]);

/** Other members, such as `sentids` or `license`, are ignored. */
const KarpathyFile = z.object({
  images: z
    .array(
      z.object({
        filename: z.string().min(1),
        cocoid: Identifier.optional(),
        imgid: Identifier.optional(),
        split: z.string(),
        sentences: z.array(z.object({ raw: z.string().optional(), tokens: z.array(z.string()) })),
      }),
    )
    .min(1),
});
type KarpathyImage = z.infer<typeof KarpathyFile>['images'][number];

/** An image to import, before its file has been seen. */
export interface PlannedImage {
  id: string;
  /** Without folders; images are matched to files by this name alone. */
  fileName: string;
  split: Split;
  captions: Caption[];
}

export interface KarpathyPlan {
  /** SHA-256 of the JSON file. */
  digest: Sha256;
  images: PlannedImage[];
  /** Images without a caption that has words. */
  quarantined: QuarantinedImage[];
  /** Images per split that is neither train, restval, val nor test. */
  skippedSplits: Record<string, number>;
}

/** `restval` is the part of COCO's validation images that Karpathy's split trains on. */
const SPLIT_OF: Partial<Record<string, Split>> = {
  train: 'train',
  restval: 'train',
  val: 'val',
  test: 'test',
};

export async function readKarpathyPlan(path: string): Promise<KarpathyPlan> {
  const bytes = await readJsonFile(path);
  const images: PlannedImage[] = [];
  const skipped = new Map<string, number>();
  for (const [index, image] of parseImages(bytes, path).entries()) {
    const split = Object.hasOwn(SPLIT_OF, image.split) ? SPLIT_OF[image.split] : undefined;
    if (split === undefined) {
      skipped.set(image.split, (skipped.get(image.split) ?? 0) + 1);
      continue;
    }
    const id = String(image.cocoid ?? image.imgid ?? index);
    const fileName = image.filename.split('/').at(-1) ?? image.filename;
    images.push({ id, fileName, split, captions: readCaptions(image) });
  }
  refuseRepeats(images, path);
  return {
    digest: createHash('sha256').update(bytes).digest('hex'),
    images: images.filter(hasCaption),
    quarantined: images
      .filter((image) => !hasCaption(image))
      .map(({ fileName }) => ({ fileName, reason: 'no caption with words' })),
    skippedSplits: Object.fromEntries(skipped),
  };
}

async function readJsonFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError('karpathy-invalid', `Cannot read ${path}: ${reason}. Check the path.`, {
      cause,
    });
  }
}

function parseImages(bytes: Buffer, path: string): KarpathyImage[] {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError('karpathy-invalid', `${path} is not JSON: ${reason}.`, { cause });
  }
  const parsed = KarpathyFile.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data.images;
  const issues = describeIssues(parsed.error.issues);
  throw new DataError('karpathy-invalid', `${path} is not a Karpathy split file: ${issues}.`);
}

function readCaptions({ sentences }: KarpathyImage): Caption[] {
  return sentences.flatMap(({ raw, tokens }) => {
    const words = tokens.flatMap((token) => token.toLowerCase().split(/\s+/u));
    const kept = words.filter((word) => word !== '');
    return kept.length === 0 ? [] : [{ raw: raw ?? kept.join(' '), tokens: kept }];
  });
}

/** An id or a file listed twice would train or score an image twice, or leak it between splits. */
function refuseRepeats(images: readonly PlannedImage[], path: string): void {
  for (const member of ['id', 'fileName'] as const) {
    const seen = new Map<string, PlannedImage>();
    for (const image of images) {
      const first = seen.get(image[member]);
      if (first !== undefined) throw repeatError(member, first, image, path);
      seen.set(image[member], image);
    }
  }
}

function repeatError(
  member: 'id' | 'fileName',
  first: PlannedImage,
  second: PlannedImage,
  path: string,
): DataError {
  const what = member === 'id' ? `image id ${second.id}` : `file ${second.fileName}`;
  const show = (image: PlannedImage): string =>
    `${image.fileName} (id ${image.id}, split ${image.split})`;
  const places = `${show(first)} and ${show(second)}`;
  return first.split === second.split
    ? new DataError('duplicate-id', `${path} lists ${what} twice: ${places}. Remove one.`)
    : new DataError(
        'image-in-two-splits',
        `${path} has ${what} in two splits: ${places}. Scores would be of seen images; remove one.`,
      );
}

function hasCaption({ captions }: PlannedImage): boolean {
  return captions.length > 0;
}
