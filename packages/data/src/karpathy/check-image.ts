/** Decides whether an image file is fit for training. */
import sharp from 'sharp';
import { IMAGE_INPUT } from '../image-pixels.js';

export type ImageCheck =
  { isSound: true; width: number; height: number } | { isSound: false; reason: string };

/** Larger files are set aside unread: 64 MiB is beyond any photo of the data sets. */
export const MAX_IMAGE_BYTES = 64 * 1024 * 1024;

/** What browsers show. SVG and PDF are programs rather than photos, so they are not opened. */
const FORMATS: readonly string[] = ['jpeg', 'png', 'webp', 'gif'];

/** Decodes every pixel: a header alone says nothing about a file that was cut off. */
export async function checkImage(bytes: Buffer): Promise<ImageCheck> {
  if (bytes.byteLength === 0) return { isSound: false, reason: 'the file is empty' };
  try {
    const { format, autoOrient } = await sharp(bytes, IMAGE_INPUT).metadata();
    if (!FORMATS.includes(format)) {
      return { isSound: false, reason: `format ${format} is not one of ${FORMATS.join(', ')}` };
    }
    await sharp(bytes, IMAGE_INPUT).raw().toBuffer();
    return { isSound: true, width: autoOrient.width, height: autoOrient.height };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    // libvips reports a line per damaged block.
    return { isSound: false, reason: `does not decode: ${message.split('\n')[0] ?? message}` };
  }
}
