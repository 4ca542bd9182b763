/** From image files of the store to the pixels an encoder reads. */
import type { Sha256 } from '@capgrid/contracts';
import sharp from 'sharp';
import { mapConcurrently } from './concurrency.js';
import { DataError } from './data-error.js';
import type { FileStore } from './file-store.js';

/** Decoders at a time; libvips adds threads of its own. */
const DECODERS = 4;

/**
 * Options for every image Capgrid opens: damaged data is an error, not a gray area. A higher level
 * would also refuse photos with harmless oddities, such as spare bytes between segments.
 */
export const IMAGE_INPUT = { failOn: 'error' } as const;

/**
 * RGB values of 0 to 255, [images, size, size, 3] in row-major order. Images are turned upright and
 * stretched to the square: Flickr8k comes stretched, so cropping others would differ from it.
 * Gray, CMYK and 16-bit images become 8-bit sRGB; transparent parts become white.
 */
export async function decodeImages(
  store: FileStore,
  images: readonly { sha256: Sha256; fileName: string }[],
  size: number,
): Promise<Uint8Array> {
  const imageBytes = size * size * 3;
  const pixels = new Uint8Array(images.length * imageBytes);
  await mapConcurrently([...images.entries()], DECODERS, async ([index, image]) => {
    const bytes = await store.read(image.sha256);
    pixels.set(await decodeImage(bytes, image.fileName, size), index * imageBytes);
  });
  return pixels;
}

async function decodeImage(bytes: Buffer, fileName: string, size: number): Promise<Buffer> {
  try {
    return await sharp(bytes, IMAGE_INPUT)
      .autoOrient()
      .resize(size, size, { fit: 'fill' })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(
      'image-undecodable',
      `${fileName} does not decode (${reason}). Import the dataset again: it will be set aside.`,
      { cause },
    );
  }
}
