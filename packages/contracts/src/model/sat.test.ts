import { describe, expect, test } from 'vitest';
import { FcnSpec } from './fcn.js';
import { trainingKey } from '../keys.js';
import { TrainingSpec } from '../training-spec.js';
import { SatSpec } from './sat.js';

describe('the transformer decoder', () => {
  test.each(['', 'n', 'nd', 'dn'])('takes "%s" before the parts of a block', (preprocess) => {
    expect(SatSpec.parse({ decoder: 'sat', preprocess }).preprocess).toBe(preprocess);
  });

  test.each([
    // There is nothing to add before a part.
    [{ preprocess: 'r' }, 'preprocess', "letters n, d, each at most once (or '' for none)"],
    [{ postprocess: 'drx' }, 'postprocess', 'letters n, r, d'],
    [{ postprocess: 'drr' }, 'postprocess', 'each at most once'],
    [{ hidden: 20, heads: 8 }, 'heads', 'model.hidden (20) must be a multiple of model.heads (8)'],
    [{ hidden: 9, heads: 3 }, 'hidden', 'must be even with fixed positions'],
    [{ layers: 7 }, 'layers', '<=6'],
    [{ concatGlobal: true }, '', 'concatGlobal'],
  ])('refuses %j', (options, path, message) => {
    const { error } = SatSpec.safeParse({ decoder: 'sat', ...options });
    expect(error?.issues).toHaveLength(1);
    expect(error?.issues[0]?.path.join('.')).toBe(path);
    expect(error?.issues[0]?.message).toContain(message);
  });

  test('may have an odd width with learned positions', () => {
    const spec = { decoder: 'sat', hidden: 9, heads: 3, positions: 'learned' };
    expect(SatSpec.safeParse(spec).success).toBe(true);
  });

  test('trains other weights over regions of another width, the same over regions of its own', () => {
    const keyOf = (options: object): string => {
      const [encoder, model] = [{ kind: 'scenes-cnn' }, { decoder: 'sat', ...options }];
      const inputs = { datasetDigest: null, encoderDigest: null, vectorsDigest: null };
      return trainingKey(TrainingSpec.parse({ dataset: 'scenes', encoder, model }), inputs);
    };
    expect(keyOf({ hidden: 64, imageHidden: 64 })).toBe(keyOf({ hidden: 64 }));
    expect(keyOf({ hidden: 64, imageHidden: 128 })).not.toBe(keyOf({ hidden: 64 }));
  });
});

test('the convolutional decoder refuses sinusoids of an odd width', () => {
  const odd = { decoder: 'fcn', embed: 9 };
  expect(FcnSpec.safeParse(odd).success).toBe(true);
  expect(FcnSpec.safeParse({ ...odd, positions: 'fixed' }).error?.issues[0]?.path).toEqual([
    'embed',
  ]);
});
