/** The captions of a dataset as a training reads them. */
import type { DatasetImage, Split } from '@capgrid/contracts';
import type { Vocabulary } from '@capgrid/data';
import type { TrainingCaption } from '@capgrid/models';

/** Words of the training split. */
export function* tokensOf(images: readonly DatasetImage[], maxWords: number): Generator<string[]> {
  for (const { split, captions } of images) {
    if (split !== 'train') continue;
    for (const { tokens } of captions) if (isUsable(tokens, maxWords)) yield tokens;
  }
}

/** `imageIndex` counts over all `images`, the rows of the features. */
export function captionsOf(
  images: readonly DatasetImage[],
  split: Split,
  vocabulary: Vocabulary,
  maxWords: number,
): TrainingCaption[] {
  return images.flatMap((image, imageIndex) =>
    image.split === split
      ? image.captions
          .filter(({ tokens }) => isUsable(tokens, maxWords))
          .map(({ tokens }) => ({ imageIndex, tokens: vocabulary.encode(tokens) }))
      : [],
  );
}

/** Long captions are left out whole: a cut one would teach the model to stop in mid-sentence. */
function isUsable(tokens: readonly string[], maxWords: number): boolean {
  return tokens.length > 0 && tokens.length <= maxWords;
}
