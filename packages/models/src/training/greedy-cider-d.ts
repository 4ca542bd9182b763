/** Validation by captions that the model writes itself, by greedy search. */
import { chunks } from '../chunks.js';
import { imagesAtOnce } from '../decoding/images-at-once.js';
import { captionsByImage, type CaptionReward } from './caption-reward.js';
import type { TrainingCaption } from './caption-batches.js';
import { searchBeams, type Writer, type WrittenCaption } from './search-beams.js';

/**
 * The mean CIDEr-D, 0..10, of the greedy captions of the images of `val`.
 *
 * @param beforeEach is called before each batch and may end it by an error
 */
export function greedyCiderD(
  writer: Writer,
  reward: CaptionReward,
  val: readonly TrainingCaption[],
): (beforeEach: () => Promise<void>) => Promise<number> {
  const references = captionsByImage(val);
  return async (beforeEach) => {
    const captions: WrittenCaption[] = [];
    for (const imageIndices of chunks([...references.keys()], imagesAtOnce(1))) {
      await beforeEach();
      captions.push(...(await searchBeams(writer, imageIndices, 1)).flat());
    }
    return reward.meanCiderD(captions, references);
  };
}
