/** What scores are divided by before a word is drawn; lower than this, scores overflow. */
import { z } from 'zod';

export const Temperature = z.number().min(0.01).max(100);
