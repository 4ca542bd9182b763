/** How tables print scores: heading, group, unit and decimals. */
import { z } from 'zod';
import type { ScoreName } from './scores.js';

/** `times100`: quality as papers print it. `percent`: a share. `plain`: as measured. */
export const ScoreUnit = z.enum(['times100', 'percent', 'plain']).meta({ id: 'ScoreUnit' });
export type ScoreUnit = z.infer<typeof ScoreUnit>;

export type ScorePrint = {
  /** E.g. `B@4`; a signature may say more, see `labelScore`. */
  label: string;
  group: 'BLEU' | 'Quality' | 'Captions';
  unit: ScoreUnit;
  decimals: number;
  /** Shown unless a reader asks for less; the others are shown when asked for. */
  isPrimary: boolean;
};

export const SCORE_PRINT: Readonly<Record<ScoreName, ScorePrint>> = {
  bleu1: quality('B@1', 'BLEU'),
  bleu2: quality('B@2', 'BLEU'),
  bleu3: quality('B@3', 'BLEU'),
  bleu4: quality('B@4', 'BLEU'),
  meteor: quality('METEOR', 'Quality'),
  rougeL: quality('ROUGE-L', 'Quality'),
  ciderD: quality('CIDEr-D', 'Quality'),
  cider: { ...quality('CIDEr', 'Quality'), isPrimary: false },
  spice: quality('SPICE', 'Quality'),
  averageLength: ofCaptions('Length', 'plain', 1),
  distinct1: ofCaptions('Distinct-1', 'percent', 1),
  distinct2: ofCaptions('Distinct-2', 'percent', 1),
  vocabularyUsed: ofCaptions('Vocabulary', 'plain', 0),
  novelCaptions: ofCaptions('Novel', 'percent', 1),
  badEndings: ofCaptions('Bad endings', 'percent', 1),
  perplexity: ofCaptions('Perplexity', 'plain', 2),
};

/** A score as measured, in the unit in which tables print it. */
export function toPrintUnit(score: ScoreName, value: number): number {
  return SCORE_PRINT[score].unit === 'plain' ? value : value * 100;
}

/**
 * The heading of a score: METEOR without its paraphrase table says so. A signature begins with the
 * metric's label; those of before metrics had one each begin with a field, `refs:5`.
 */
export function labelScore(score: ScoreName, signature: string | null): string {
  const [first = ''] = (signature ?? '').split('|');
  const isModified = first.startsWith(`${SCORE_PRINT[score].label} (`);
  return isModified ? first : SCORE_PRINT[score].label;
}

function quality(label: string, group: ScorePrint['group']): ScorePrint {
  return { label, group, unit: 'times100', decimals: 1, isPrimary: true };
}

function ofCaptions(label: string, unit: ScoreUnit, decimals: number): ScorePrint {
  return { label, group: 'Captions', unit, decimals, isPrimary: false };
}
