/** Scores as rows hold them and as the contracts name them. */
import { Scores } from '@capgrid/contracts';
import { z } from 'zod';

/** NULL: not measured. */
export const ScoreColumns = z.object({
  bleu1: z.number().nullable(),
  bleu2: z.number().nullable(),
  bleu3: z.number().nullable(),
  bleu4: z.number().nullable(),
  rouge_l: z.number().nullable(),
  cider_d: z.number().nullable(),
});

/** For a SELECT list. */
export const SCORE_COLUMNS = ['bleu1', 'bleu2', 'bleu3', 'bleu4', 'rouge_l', 'cider_d']
  .map((column) => `evaluations.${column}`)
  .join(', ');

/** Null until the evaluation has finished; it measures all or none. */
export function toScores(row: z.infer<typeof ScoreColumns>): Scores | null {
  const { bleu1, bleu2, bleu3, bleu4, rouge_l: rougeL, cider_d: ciderD } = row;
  const parsed = Scores.safeParse({ bleu1, bleu2, bleu3, bleu4, rougeL, ciderD });
  return parsed.success ? parsed.data : null;
}
