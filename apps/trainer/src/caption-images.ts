/** Captions of images from what a training left, whether its decoder writes or looks them up. */
import {
  decodeCaptions,
  retrieveCaptions,
  type DecodeCaptionsOptions,
  type DecodedCaption,
} from '@capgrid/models';

export type CaptionedAs = Pick<
  DecodedCaption,
  'tokens' | 'isFinished' | 'attention' | 'alternatives' | 'similarity'
> & {
  /** Null where the decoder has no probabilities. */
  logProb: number | null;
};

/** One per image, in the order asked. */
export async function captionImages(options: DecodeCaptionsOptions): Promise<CaptionedAs[]> {
  const [first] = options.models;
  if (first?.spec.decoder === 'retrieval') {
    // Members of an ensemble differ in their seeds, which retrieval does not read.
    const { weights, spec } = first;
    const captions = await retrieveCaptions({ ...options, weights, spec });
    return captions.map(({ tokens, similarity }) => ({
      tokens,
      similarity,
      logProb: null,
      isFinished: true,
      attention: null,
      alternatives: [],
    }));
  }
  return decodeCaptions(options);
}
