/**
 * A feature set is one file: 8 bytes of magic, the header's length (uint32), the header (JSON
 * padded with blanks so that the rows start at a multiple of 64 bytes), then the rows: float32
 * [images, regions, channels], zeros where an image has fewer regions. All numbers are little-endian; a big-endian machine is refused.
 */
import { endianness } from 'node:os';
import { z } from 'zod';
import { DataError } from './data-error.js';
import { describeIssues } from './describe-issues.js';

export const FeatureMeta = z.strictObject({
  /** One image per row, each once. */
  imageIds: z.array(z.string().min(1)).min(1),
  /** Feature vectors per image; of the largest where they differ. */
  regions: z.int().min(1),
  /** Width of one feature vector. */
  channels: z.int().min(1),
  /** Feature vectors of each image; null where all have `regions`. */
  counts: z.array(z.int().min(1)).nullable().default(null),
});
export type FeatureMeta = z.infer<typeof FeatureMeta>;
export type FeatureMetaInput = z.input<typeof FeatureMeta>;

const Header = FeatureMeta.extend({ version: z.literal(1), dtype: z.literal('f32') });

const MAGIC = Buffer.from('CAPGRIDF', 'latin1');
export const PREAMBLE_BYTES = MAGIC.byteLength + 4;
const ALIGNMENT = 64;
/** Damage aside, which whoever reads a file finds by its hash, another release has written it. */
const OTHER_RELEASE = 'Use the release that wrote it.';

/** A header of a million images with long ids stays below this. */
const MAX_HEADER_BYTES = 256 * 1024 * 1024;

export function rowBytes({ regions, channels }: Pick<FeatureMeta, 'regions' | 'channels'>): number {
  return regions * channels * Float32Array.BYTES_PER_ELEMENT;
}

/** Magic, length and padded header: everything before the first row. */
export function encodeHeader(meta: FeatureMetaInput): Buffer {
  requireLittleEndian();
  const parsed = FeatureMeta.safeParse(meta, { reportInput: true });
  if (!parsed.success) {
    throw new DataError('feature-shape', `Features: ${describeIssues(parsed.error.issues)}`);
  }
  const { imageIds, regions, channels, counts } = parsed.data;
  if (new Set(imageIds).size !== imageIds.length) {
    const twice = imageIds.find((id, index) => imageIds.indexOf(id) !== index) ?? '';
    throw new DataError('feature-shape', `Features: image ${twice} is listed twice; list it once.`);
  }
  if (counts !== null && !areCounts(counts, parsed.data)) {
    const message = `Features: give each image a count from 1 to ${regions} regions.`;
    throw new DataError('feature-shape', message);
  }
  const shape = { version: 1, dtype: 'f32', regions, channels, imageIds } as const;
  const header: z.input<typeof Header> = counts === null ? shape : { ...shape, counts };
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  const unpadded = PREAMBLE_BYTES + json.byteLength;
  const bytes = Buffer.alloc(Math.ceil(unpadded / ALIGNMENT) * ALIGNMENT, ' ');
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(bytes.byteLength - PREAMBLE_BYTES, MAGIC.byteLength);
  json.copy(bytes, PREAMBLE_BYTES);
  return bytes;
}

/** Length of the header that follows the preamble. */
export function decodePreamble(preamble: Buffer, path: string): number {
  requireLittleEndian();
  if (
    preamble.byteLength < PREAMBLE_BYTES ||
    !preamble.subarray(0, MAGIC.byteLength).equals(MAGIC)
  ) {
    throw new DataError('feature-file-invalid', `${path} is no feature file. ${OTHER_RELEASE}`);
  }
  const length = preamble.readUInt32LE(MAGIC.byteLength);
  if (length <= MAX_HEADER_BYTES) return length;
  throw new DataError(
    'feature-file-invalid',
    `${path} claims a header of ${length} bytes. ${OTHER_RELEASE}`,
  );
}

export function decodeHeader(json: Buffer, path: string): FeatureMeta {
  try {
    const { imageIds, regions, channels, counts } = Header.refine(
      (header) => header.counts === null || areCounts(header.counts, header),
    ).parse(JSON.parse(json.toString('utf8')));
    return { imageIds, regions, channels, counts };
  } catch (cause) {
    throw new DataError(
      'feature-file-invalid',
      `${path} has a header this version cannot read. ${OTHER_RELEASE}`,
      { cause },
    );
  }
}

function areCounts(
  counts: readonly number[],
  { imageIds, regions }: Pick<FeatureMeta, 'imageIds' | 'regions'>,
): boolean {
  return counts.length === imageIds.length && counts.every((count) => count <= regions);
}

function requireLittleEndian(): void {
  if (endianness() === 'LE') return;
  throw new DataError(
    'feature-file-invalid',
    'Feature files are little-endian and this machine is not. Use a little-endian machine.',
  );
}
