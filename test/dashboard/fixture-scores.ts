/** Scores with the signatures that the trainer gives them. */
import {
  type MeasuredScores,
  SCORE_NAMES,
  SCORE_PRINT,
  type ScoreName,
  type Scores,
} from '@capgrid/contracts';
import type { FixtureSweep } from './fixture-sweep.js';

/** Scores that grow with the number of the trial, with a little seed noise; fixed for ever. */
export function scoresOf({ hasJava = false }: FixtureSweep, number: number, seed: number): Scores {
  const lift = number * 0.006 + Math.sin(number * 12.9898 + seed) * 0.004;
  return {
    bleu1: 0.71 + lift,
    bleu2: 0.62 + lift,
    bleu3: 0.545 + lift,
    bleu4: 0.472 + lift,
    meteor: 0.31 + lift / 2,
    rougeL: 0.66 + lift / 2,
    ciderD: 1.61 + lift * 5,
    cider: 1.48 + lift * 5,
    ...(hasJava ? { spice: 0.19 + lift / 3 } : {}),
    averageLength: 9.2 + lift * 4,
    distinct1: 0.021 + lift / 50,
    distinct2: 0.068 + lift / 20,
    vocabularyUsed: 31 + number,
    novelCaptions: 0.54 + lift * 2,
    badEndings: 0.06 - lift / 4,
    perplexity: 4.1 - lift * 8,
  };
}

export type ScoredOn = { split: string; hasParaphrases: boolean };

/** Intervals over images as wide as 200 images make them. */
export function measure(scores: Scores, on: ScoredOn): MeasuredScores {
  return Object.fromEntries(
    SCORE_NAMES.flatMap((name) => {
      const value = scores[name];
      if (value === undefined) return [];
      const hasInterval = SCORE_PRINT[name].group !== 'Captions';
      const interval = hasInterval ? { low: value * 0.964, high: value * 1.031 } : null;
      return [[name, { value, signature: signatureOf(name, on), interval }]];
    }),
  );
}

const NAMES: Partial<Record<ScoreName, string>> = {
  bleu1: 'BLEU-1',
  bleu2: 'BLEU-2',
  bleu3: 'BLEU-3',
  bleu4: 'BLEU-4',
};

function signatureOf(score: ScoreName, { split, hasParaphrases }: ScoredOn): string {
  const images = split === 'val' ? 'images:500-9f8e7d6c5b4a' : 'images:200-1a2b3c4d5e6f';
  const refs = split === 'val' ? 'refs:5-5b6a79889fae' : 'refs:5-4d3c2b1a0f9e';
  const lexicon = 'lex:wordnet-3.0-ba24ec6a';
  const tokens = 'tok:ptb-3.4.1|ctx:next-caption';
  if (score === 'meteor') {
    return hasParaphrases
      ? `METEOR|v:1|${tokens}|${refs}|mod:exact,stem,synonym,paraphrase|${lexicon}|par:0c1d2e3f4a5b6c7d|${images}`
      : `METEOR (exact, stem, synonym)|v:1|${tokens}|${refs}|mod:exact,stem,synonym|${lexicon}|${images}`;
  }
  const own: Partial<Record<ScoreName, string>> = {
    ciderD: `${tokens}|${refs}|idf:test-references|`,
    cider: `${tokens}|${refs}|idf:test-references|`,
    spice: `${tokens}|${refs}|tool:spice-1.0.jar-5a6b7c8d9e0f|`,
    averageLength: `${tokens}|`,
    distinct1: `${tokens}|`,
    distinct2: `${tokens}|`,
    vocabularyUsed: `${tokens}|`,
    novelCaptions: `tok:ptb-3.4.1|ctx:none|train:6000-77aa88bb99cc|`,
    badEndings: `${tokens}|`,
    perplexity: '',
  };
  const name = NAMES[score] ?? SCORE_PRINT[score].label;
  return `${name}|v:1|${own[score] ?? `${tokens}|${refs}|`}${images}`;
}
