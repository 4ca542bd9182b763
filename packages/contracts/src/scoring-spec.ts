/** How captions are scored, as far as a server chooses it; part of an evaluation's key. */
import { z } from 'zod';
import { Sha256 } from './sha256.js';

export const ScoringSpec = z
  .strictObject({
    /** Major version of `@capgrid/metrics`: another one may give other scores. */
    version: z.int().min(0),
    /** Of the file in CAPGRID_METEOR_PARAPHRASES; null: METEOR without paraphrases. */
    meteorParaphrasesSha256: Sha256.nullable(),
    /** Of the file in CAPGRID_SPICE_JAR; null: no SPICE. */
    spiceJarSha256: Sha256.nullable(),
  })
  .meta({ id: 'ScoringSpec' });
export type ScoringSpec = z.infer<typeof ScoringSpec>;
