/** How this server has captions scored: the version of the metrics and the files of its settings. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { ScoringSpec, Sha256 } from '@capgrid/contracts';
import { METRICS_MAJOR } from '@capgrid/metrics';
import type { Env } from '../env.js';

/** Injection token of the `ScoringSpec`. */
export const SCORING = Symbol('scoring');

/** Without any file. */
export const PLAIN_SCORING: ScoringSpec = {
  version: METRICS_MAJOR,
  meteorParaphrasesSha256: null,
  spiceJarSha256: null,
};

/** A setting names a file that cannot be read. */
export class ScoringFileError extends Error {
  override readonly name = 'ScoringFileError';
  readonly code = 'scoring-file-unreadable';
}

/**
 * Reads each file once, to hash it: trainers must have the same ones.
 * @throws ScoringFileError naming setting and file
 */
export async function readScoring(env: Env): Promise<ScoringSpec> {
  return {
    ...PLAIN_SCORING,
    meteorParaphrasesSha256: await hashSetting('CAPGRID_METEOR_PARAPHRASES', env.meteorParaphrases),
    spiceJarSha256: await hashSetting('CAPGRID_SPICE_JAR', env.spiceJar),
  };
}

async function hashSetting(setting: string, path: string | null): Promise<Sha256 | null> {
  if (path === null) return null;
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${setting} names a file that cannot be read (${reason}); correct the path or unset ${setting}.`;
    throw new ScoringFileError(message, { cause });
  }
  return hash.digest('hex');
}
