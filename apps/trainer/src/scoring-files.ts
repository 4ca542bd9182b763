/** The files that the settings for scoring name, checked against what the API asks for. */
import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import type { ScoringSpec, Sha256 } from '@capgrid/contracts';
import { METRICS_MAJOR } from '@capgrid/metrics';
import type { ScoringFiles } from './child-messages.js';

/** This trainer cannot score as it is asked to. Another attempt here would end alike. */
class ScoringDiffersError extends Error {
  override readonly name = 'ScoringDiffersError';
  readonly isRetryable = false;
  constructor(
    readonly code: 'metrics-version-differs' | 'scoring-setting-differs',
    message: string,
  ) {
    super(message);
  }
}

/** A sentence per setting whose file cannot be read. */
export async function findUnreadableFiles(files: ScoringFiles): Promise<string[]> {
  const named = [
    ['CAPGRID_METEOR_PARAPHRASES', files.meteorParaphrases],
    ['CAPGRID_SPICE_JAR', files.spiceJar],
  ] as const;
  const problems = await Promise.all(
    named.map(async ([setting, path]) => {
      if (path === null) return [];
      try {
        await access(path, constants.R_OK);
        return [];
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        return [
          `${setting} names a file that cannot be read (${reason}); correct the path or unset it.`,
        ];
      }
    }),
  );
  return problems.flat();
}

/**
 * The files that the scores of this work need, null where none is asked for.
 * @throws ScoringDiffersError where version or files are not those of the API
 */
export async function matchScoringFiles(
  scoring: ScoringSpec,
  files: ScoringFiles,
): Promise<{ meteorParaphrases: string | null; spiceJar: string | null }> {
  if (scoring.version !== METRICS_MAJOR) {
    throw new ScoringDiffersError(
      'metrics-version-differs',
      `The captions are to be scored with version ${scoring.version} of the metrics, this trainer has version ${METRICS_MAJOR}. ` +
        'Run API and trainers of the same release.',
    );
  }
  return {
    meteorParaphrases: await match(
      'CAPGRID_METEOR_PARAPHRASES',
      files.meteorParaphrases,
      scoring.meteorParaphrasesSha256,
    ),
    spiceJar: await match('CAPGRID_SPICE_JAR', files.spiceJar, scoring.spiceJarSha256),
  };
}

async function match(
  setting: string,
  path: string | null,
  expected: Sha256 | null,
): Promise<string | null> {
  // What the trainer has beyond what is asked for does no harm.
  if (expected === null) return null;
  const remedy = `Set ${setting} of the trainer to the file that the API has, or launch the sweep again after changing the API's.`;
  if (path === null) {
    throw new ScoringDiffersError(
      'scoring-setting-differs',
      `The captions are to be scored with the file ${expected} (SHA-256) of ${setting}, which this trainer does not set. ${remedy}`,
    );
  }
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  const actual = hash.digest('hex');
  if (actual === expected) return path;
  throw new ScoringDiffersError(
    'scoring-setting-differs',
    `${setting} of this trainer is ${path} with SHA-256 ${actual}, but the captions are to be scored with ${expected}. ${remedy}`,
  );
}
