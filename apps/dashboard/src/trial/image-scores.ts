/** The scores that single images have, named as the trial's own: METEOR tells which METEOR it is. */
import { labelScore, type MeasuredScores } from '@capgrid/contracts';

/** What tells good captions from bad ones first. All are orders of the API. */
const IMAGE_SCORES = ['ciderD', 'meteor', 'bleu4', 'rougeL', 'spice', 'cider'] as const;

export type ImageScore = { score: (typeof IMAGE_SCORES)[number]; label: string };

export function imageScoresOf(scores: MeasuredScores | null): ImageScore[] {
  return IMAGE_SCORES.flatMap((score) => {
    const measured = scores?.[score];
    return measured === undefined ? [] : [{ score, label: labelScore(score, measured.signature) }];
  });
}
