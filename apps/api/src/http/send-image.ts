/** Image bytes as an HTTP answer that a browser can keep for ever and can only show. */
import type { Response } from 'express';

export function sendImage(
  response: Response,
  { bytes, mediaType }: { bytes: Buffer; mediaType: string },
): void {
  response
    .status(200)
    .set({
      'Content-Type': mediaType,
      // The address is the digest of the content.
      'Cache-Control': 'public, max-age=31536000, immutable',
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "default-src 'none'; sandbox",
    })
    .send(bytes);
}
