import { TrialSpec } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { describeSimilarity } from './describe-similarity';

const trialOf = (model: object, decode: object) =>
  TrialSpec.parse({
    training: { dataset: 'coco', encoder: { kind: 'scenes-cnn' }, model, seed: 1 },
    decode,
  });
const of = (options: object) =>
  describeSimilarity(trialOf({ decoder: 'retrieval', ...options }, {}));
const ofReranking = (rerank: object) =>
  describeSimilarity(trialOf({ decoder: 'nic' }, { nBest: 5, rerank }));

test('what a caption was chosen by is named as the model chose it', () => {
  expect(of({ pick: 'nearest' })).toMatchObject({ label: 'cosine' });
  expect(of({ pick: 'nearest', similarity: 'l2' })).toMatchObject({ label: 'distance' });
  expect(of({})?.meaning).toContain('the other candidates');
  expect(ofReranking({})).toBeNull();
  expect(ofReranking({ neighbours: 25 })?.meaning).toContain(
    'the captions of the 25 training images',
  );
  expect(ofReranking({ neighbours: 25, agreeing: 9 })?.meaning).toContain('those 9 most like it');
  expect(of({ agreeing: 9 })?.meaning).toContain('the 9 candidates most like it');
});

test('an agreement is printed as CIDEr-D is, and a distance without the sign that ranks it', () => {
  expect(of({})?.format(1.234)).toBe('123.4');
  expect(ofReranking({ neighbours: 25 })?.format(1.234)).toBe('123.4');
  expect(of({ pick: 'nearest', similarity: 'l2' })?.format(-0.5)).toBe('0.500');
  expect(of({ pick: 'nearest' })?.format(0.98765)).toBe('0.988');
});
