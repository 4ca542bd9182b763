import { SelfCriticalSpec, type TrainingSpec } from '@capgrid/contracts';
import { scoreCiderD } from '@capgrid/metrics';
import { expect, test } from 'vitest';
import { captionsByImage, createCaptionReward } from './caption-reward.js';
import type { WrittenCaption } from './search-beams.js';

type Spec = TrainingSpec['schedule']['selfCritical'];

/** Images 3, 5 and 9; their captions do not lie side by side. */
const TRAIN = [
  { imageIndex: 5, tokens: [4, 5, 6, 7] },
  { imageIndex: 3, tokens: [4, 5, 6, 8] },
  { imageIndex: 9, tokens: [9, 8, 7, 6] },
  { imageIndex: 5, tokens: [4, 6, 7] },
];

function rewardWith(changes: Partial<Spec>) {
  return createCaptionReward(TRAIN, SelfCriticalSpec.parse(changes), 10);
}

const drawn = (imageIndex: number, tokens: number[], isFinished = true): WrittenCaption => ({
  imageIndex,
  tokens,
  isFinished,
});

test('a caption is compared with those of its image, with the frequencies of the training split', () => {
  const reward = rewardWith({ appendEnd: false });
  const [own = 0, other = 0] = reward.rewards([drawn(5, [4, 5, 6, 7]), drawn(9, [4, 5, 6, 7])]);
  const text = (ids: readonly number[]): string => ids.map((id) => `w${id}`).join(' ');
  const references = [...captionsByImage(TRAIN).values()].map((of) =>
    of.map((ids) => text([...ids])),
  );
  const expected = scoreCiderD([text([4, 5, 6, 7]), '', ''], references).perImage[0] ?? Number.NaN;
  expect(own).toBeCloseTo(expected, 9);
  expect(own).toBeGreaterThan(5);
  expect(other).toBeLessThan(own);
});

test('with the end mark a caption that breaks off earns less; without it the same', () => {
  const gain = (appendEnd: boolean): number => {
    const [whole = 0, cut = 0] = rewardWith({ appendEnd }).rewards([
      drawn(5, [4, 5, 6, 7]),
      drawn(5, [4, 5, 6, 7], false),
    ]);
    return whole - cut;
  };
  expect(gain(true)).toBeGreaterThan(0.5);
  expect(gain(false)).toBe(0);
});

test('CIDEr-D and BLEU-4 count with their weights', () => {
  const captions = [drawn(5, [4, 5, 6, 7]), drawn(5, [4, 5, 8])];
  const [ciderD, bleu4, both] = [
    rewardWith({}),
    rewardWith({ ciderDWeight: 0, bleu4Weight: 1 }),
    rewardWith({ ciderDWeight: 0.5, bleu4Weight: 2 }),
  ].map((reward) => reward.rewards(captions));
  expect(bleu4?.[0]).toBeCloseTo(1, 9);
  for (const i of [0, 1]) {
    expect(both?.[i]).toBeCloseTo(0.5 * (ciderD?.[i] ?? 0) + 2 * (bleu4?.[i] ?? 0), 9);
  }
});

test('captions of other images are scored with the frequencies of the training split', () => {
  const reward = rewardWith({});
  // The caption of a training image, as if it were held out.
  const [own = 0] = reward.rewards([drawn(3, [4, 5, 6, 8])]);
  const others = new Map([[77, [[4, 5, 6, 8]]]]);
  expect(reward.meanCiderD([drawn(77, [4, 5, 6, 8])], others)).toBeCloseTo(own, 9);
  expect(reward.meanCiderD([drawn(77, [4, 5, 6, 8], false)], others)).toBeLessThan(own);
});

test('CIDEr-D of one training image would always be 0: refused where it counts', () => {
  const ofOneImage = (changes: Partial<Spec>) => () =>
    createCaptionReward(TRAIN.slice(0, 1), SelfCriticalSpec.parse(changes), 10);
  expect(ofOneImage({})).toThrow('Train on two images or more');
  expect(ofOneImage({ ciderDWeight: 0, bleu4Weight: 1 })).not.toThrow();
});

test('an image without captions of its own is named', () => {
  expect(() => rewardWith({}).meanCiderD([drawn(8, [4])], new Map())).toThrow('Image 8');
});
