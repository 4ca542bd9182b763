/** Predictions files with statistics that are made up but fit together, and the scores they give. */
import {
  DecodeSpec,
  type MeasuredScores,
  type Prediction,
  type PredictionsFile,
  type ScoreName,
} from '@capgrid/contracts';
import { bleuFromStatistics, sumBleuStatistics } from '@capgrid/metrics';
import { sha256Of } from './fixtures.js';

export const IMAGES = 40;
const FIELDS = `v:1|tok:ptb-3.4.1|refs:5-bb|images:${IMAGES}-aa`;
export const SIGNATURES = {
  bleu4: `BLEU-4|${FIELDS}`,
  meteor: `METEOR (exact, stem, synonym)|${FIELDS}`,
  ciderD: `CIDEr-D|${FIELDS}|idf:test-references`,
} satisfies Partial<Record<ScoreName, string>>;

export type MadeUp = { file: PredictionsFile; scores: MeasuredScores };

/** Captions of `words` right words of 8, give or take one by image and seed. */
export function makePredictions(words: number, seed: number): MadeUp {
  const predictions = Array.from({ length: IMAGES }, (_, image) => {
    const noise = Math.round(Math.sin(12.9898 * image + 78.233 * seed));
    return predictionOf(image, Math.max(1, Math.min(8, words + noise)));
  });
  const [, , , bleu4] = bleuFromStatistics(
    sumBleuStatistics(predictions.map(({ bleuStatistics }) => bleuStatistics)),
  );
  const ciderD =
    predictions.reduce((sum, { scores }) => sum + (scores.ciderD ?? 0), 0) / predictions.length;
  const score = (name: keyof typeof SIGNATURES, value: number) => ({
    [name]: { value, signature: SIGNATURES[name], interval: null },
  });
  return {
    file: {
      version: 2,
      decode: DecodeSpec.parse({ beam: 1 }),
      signatures: { ...SIGNATURES },
      predictions,
    },
    scores: { ...score('bleu4', bleu4), ...score('meteor', 0.3), ...score('ciderD', ciderD) },
  };
}

function predictionOf(image: number, right: number): Prediction {
  const correct = (order: number): number => Math.max(0, right - order);
  return {
    imageId: `image-${image}`,
    imageSha256: sha256Of(`image ${image}`),
    fileName: `${image}.jpg`,
    caption: 'eight words',
    references: ['eight words'],
    logProb: -8,
    isFinished: true,
    alternatives: [],
    similarity: null,
    attention: null,
    scores: { bleu4: right / 8, meteor: right / 10, ciderD: right / 2 },
    bleuStatistics: {
      testLength: 8,
      refLength: 8,
      guess: [8, 7, 6, 5],
      correct: [correct(0), correct(1), correct(2), correct(3)],
    },
    // 8 content words a side, `right` of them matched exactly, in one chunk.
    meteorStatistics: [
      8,
      8,
      0,
      0,
      right,
      right,
      0,
      0,
      ...Array.from({ length: 12 }, () => 0),
      1,
      right,
      right,
    ],
  };
}
