/** The captions of a dataset as a training reads them. */
import type { DatasetImage, Split } from '@capgrid/contracts';
import type { Vocabulary } from '@capgrid/data';
import { ModelInputError, type TrainingCaption } from '@capgrid/models';

/**
 * Words of the training split.
 *
 * @throws ModelInputError where it has captions, all longer than `maxWords`
 */
export function* tokensOf(images: readonly DatasetImage[], maxWords: number): Generator<string[]> {
  let isEmpty = true;
  for (const { split, captions } of images) {
    if (split !== 'train') continue;
    for (const { tokens } of captions) {
      if (!isUsable(tokens, maxWords)) continue;
      isEmpty = false;
      yield tokens;
    }
  }
  if (isEmpty) assertNotTooLong(images, 'train', maxWords);
}

/**
 * `imageIndex` counts over all `images`, the rows of the features.
 *
 * @throws ModelInputError where the split has captions, all longer than `maxWords`
 */
export function captionsOf(
  images: readonly DatasetImage[],
  split: Split,
  vocabulary: Vocabulary,
  maxWords: number,
): TrainingCaption[] {
  const captions = images.flatMap((image, imageIndex) =>
    image.split === split
      ? image.captions
          .filter(({ tokens }) => isUsable(tokens, maxWords))
          .map(({ tokens }) => ({ imageIndex, tokens: vocabulary.encode(tokens) }))
      : [],
  );
  if (captions.length === 0) assertNotTooLong(images, split, maxWords);
  return captions;
}

function assertNotTooLong(images: readonly DatasetImage[], split: Split, maxWords: number): void {
  const tooLong = images
    .filter((image) => image.split === split)
    .flatMap((image) => image.captions)
    .filter(({ tokens }) => tokens.length > maxWords);
  if (tooLong.length === 0) return;
  const shortest = Math.min(...tooLong.map(({ tokens }) => tokens.length));
  throw new ModelInputError(
    `No ${split} captions are left: data.maxWords, which is ${maxWords}, leaves out ${tooLong.length}. Set it to ${shortest} or more, the length of the shortest one.`,
  );
}

/** Long captions are left out whole: a cut one would teach the model to stop in mid-sentence. */
function isUsable(tokens: readonly string[], maxWords: number): boolean {
  return tokens.length > 0 && tokens.length <= maxWords;
}
