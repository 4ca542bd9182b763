/** The scores of an evaluation, as the metrics give them: BLEU and ROUGE-L in 0..1, CIDEr-D in 0..10. */
import { z } from 'zod';

export const SCORE_NAMES = ['bleu1', 'bleu2', 'bleu3', 'bleu4', 'rougeL', 'ciderD'] as const;
export const ScoreName = z.enum(SCORE_NAMES).meta({ id: 'ScoreName' });
export type ScoreName = z.infer<typeof ScoreName>;

export const Scores = z.record(ScoreName, z.number()).meta({ id: 'Scores' });
export type Scores = z.infer<typeof Scores>;
