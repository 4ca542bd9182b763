/** Which of the scores that are shown are compared. */
import { type ResultsColumn, type ScoreName, UNRESAMPLED_SCORES } from '@capgrid/contracts';

/** They say little beside BLEU-4 and cost power. */
const BESIDE_BLEU4: readonly ScoreName[] = ['bleu1', 'bleu2', 'bleu3'];

/** Nothing but what is shown; empty where none of it can be compared. */
export function chooseCompared(shown: readonly Pick<ResultsColumn, 'score'>[]): ScoreName[] {
  const comparable = shown
    .map(({ score }) => score)
    .filter((score) => !UNRESAMPLED_SCORES.includes(score));
  return comparable.includes('bleu4')
    ? comparable.filter((score) => !BESIDE_BLEU4.includes(score))
    : comparable;
}
