/** What a written caption earns: how alike it is to the human captions. */
import type { SelfCriticalSpec } from '@capgrid/contracts';
import { createCiderDReward, scoreSmoothedBleu4, type CaptionIds } from '@capgrid/metrics';
import { elementOf } from '../element-of.js';
import { ModelInputError } from '../errors.js';
import { SPECIAL_IDS } from '../special-ids.js';
import type { TrainingCaption } from './caption-batches.js';
import type { WrittenCaption } from './search-beams.js';

export type RewardSpec = Pick<SelfCriticalSpec, 'ciderDWeight' | 'bleu4Weight' | 'appendEnd'>;

export interface CaptionReward {
  /** Of captions of training images: CIDEr-D and BLEU-4 with the weights of the spec. */
  rewards(captions: readonly WrittenCaption[]): Float64Array;
  /** Mean CIDEr-D, 0..10, of captions of other images. */
  meanCiderD(
    captions: readonly WrittenCaption[],
    references: ReadonlyMap<number, readonly CaptionIds[]>,
  ): number;
}

/**
 * In CIDEr-D of one image each n-gram occurs in all images, so that none has a weight.
 *
 * @param setting what asks for CIDEr-D, e.g. `schedule.metric is cider-d`
 */
export function assertEnoughForCiderD(images: number, setting: string, remedy: string): void {
  if (images >= 2) return;
  throw new ModelInputError(
    `${setting}, but CIDEr-D of ${images} training image is always 0. Train on two images or more, or ${remedy}.`,
  );
}

/**
 * Document frequencies are counted from `train`, in ids: rare words are the unknown word on both
 * sides. Human captions longer than `data.maxWords` are no references, as they are no captions to
 * learn from.
 *
 * @throws ModelInputError with CIDEr-D of one training image
 */
export function createCaptionReward(
  train: readonly TrainingCaption[],
  { ciderDWeight, bleu4Weight, appendEnd }: RewardSpec,
  vocabularySize: number,
): CaptionReward {
  const options = { vocabularySize, appendEnd: appendEnd ? SPECIAL_IDS.end : null };
  const references = captionsByImage(train);
  if (ciderDWeight > 0) {
    const setting = `schedule.selfCritical.ciderDWeight is ${ciderDWeight}`;
    assertEnoughForCiderD(references.size, setting, 'set ciderDWeight to 0');
  }
  const ciderD = createCiderDReward([...references.values()], options);
  const placeOf = new Map([...references.keys()].map((imageIndex, place) => [imageIndex, place]));

  return {
    rewards: (captions) => {
      const candidates = captions.map(({ tokens }) => tokens);
      const isFinished = captions.map((caption) => caption.isFinished);
      const places = captions.map(({ imageIndex }) => placeOf.get(imageIndex) ?? -1);
      const alike = ciderD.rewards(places, candidates, isFinished);
      if (bleu4Weight === 0) return alike.map((value) => ciderDWeight * value);
      const bleu4 = scoreSmoothedBleu4(
        candidates,
        captions.map(({ imageIndex }) => referencesOf(references, imageIndex)),
        { ...options, isFinished },
      );
      return alike.map((value, i) => ciderDWeight * value + bleu4Weight * elementOf(bleu4, i));
    },
    meanCiderD: (captions, others) => {
      const sum = captions.reduce(
        (total, { imageIndex, tokens, isFinished }) =>
          total + ciderD.similarity(tokens, referencesOf(others, imageIndex), isFinished),
        0,
      );
      return sum / captions.length;
    },
  };
}

/** In the order in which images come first. */
export function captionsByImage(captions: readonly TrainingCaption[]): Map<number, CaptionIds[]> {
  const byImage = new Map<number, CaptionIds[]>();
  for (const { imageIndex, tokens } of captions) {
    const ids = Int32Array.from(tokens);
    const others = byImage.get(imageIndex);
    if (others === undefined) byImage.set(imageIndex, [ids]);
    else others.push(ids);
  }
  return byImage;
}

function referencesOf(
  references: ReadonlyMap<number, readonly CaptionIds[]>,
  imageIndex: number,
): readonly CaptionIds[] {
  const ofImage = references.get(imageIndex);
  if (ofImage !== undefined) return ofImage;
  throw new ModelInputError(`Image ${imageIndex} was captioned but has no captions of its own.`);
}
