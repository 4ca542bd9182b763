/** The files that the settings for scoring name, checked against what the API asks for. */
import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import type { ScoringSpec, Sha256 } from '@capgrid/contracts';
import {
  METRICS_MAJOR,
  meteorWords,
  type CaptionItem,
  type ParaphraseTable,
} from '@capgrid/metrics';
import { checkJava, checkSpiceJar, readParaphrases } from '@capgrid/metrics/node';
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

/**
 * Reads the paraphrase table through, looks into the jar and starts Java: what does not work fails
 * here rather than after each training.
 *
 * @returns a sentence per setting that cannot work
 */
export async function findScoringProblems(files: ScoringFiles): Promise<string[]> {
  const { meteorParaphrases, spiceJar, javaHome } = files;
  const [paraphrases, spice] = await Promise.all([
    // Every line is checked; no word is kept.
    findProblem('CAPGRID_METEOR_PARAPHRASES', meteorParaphrases, (path) =>
      readParaphrases(path, { words: new Set() }),
    ),
    findProblem('CAPGRID_SPICE_JAR', spiceJar, async (path) => {
      await checkSpiceJar(path);
      await checkJava({ javaHome: javaHome ?? undefined });
    }),
  ]);
  return [...paraphrases, ...spice];
}

async function findProblem(
  setting: string,
  path: string | null,
  tryFile: (path: string) => Promise<unknown>,
): Promise<string[]> {
  if (path === null) return [];
  try {
    await access(path, constants.R_OK);
  } catch (cause) {
    return [
      `${setting} names a file that cannot be read (${reason(cause)}); correct the path or unset it.`,
    ];
  }
  try {
    await tryFile(path);
    return [];
  } catch (cause) {
    return [`${setting} is "${path}": ${reason(cause)} Correct or unset ${setting}.`];
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** A file with the content that the API asks for. */
export interface MatchedFile {
  readonly path: string;
  readonly sha256: Sha256;
}

/** Null where none is asked for. */
export interface MatchedFiles {
  readonly meteorParaphrases: MatchedFile | null;
  readonly spiceJar: string | null;
}

/**
 * The files that the scores of this work need. Hashing one takes tenths of a second, so that a wrong
 * one fails before the decoding.
 * @throws ScoringDiffersError where version or files are not those of the launch
 */
export async function matchScoringFiles(
  scoring: ScoringSpec,
  files: ScoringFiles,
): Promise<MatchedFiles> {
  if (scoring.version !== METRICS_MAJOR) {
    throw new ScoringDiffersError(
      'metrics-version-differs',
      `The captions are to be scored with version ${scoring.version} of the metrics, this trainer has version ${METRICS_MAJOR}. ` +
        'Run API and trainers of the same release.',
    );
  }
  const meteorParaphrases = await match(
    'CAPGRID_METEOR_PARAPHRASES',
    files.meteorParaphrases,
    scoring.meteorParaphrasesSha256,
  );
  const spiceJar = await match('CAPGRID_SPICE_JAR', files.spiceJar, scoring.spiceJarSha256);
  return { meteorParaphrases, spiceJar: spiceJar?.path ?? null };
}

/**
 * The paraphrases that these captions can use.
 * @throws ScoringDiffersError where the file has changed since it was matched
 */
export async function readMatchedParaphrases(
  { path, sha256 }: MatchedFile,
  items: readonly CaptionItem[],
): Promise<ParaphraseTable> {
  const file = await readParaphrases(path, { words: meteorWords(items) });
  assertSame('CAPGRID_METEOR_PARAPHRASES', path, file.sha256, sha256);
  return file.table;
}

async function match(
  setting: string,
  path: string | null,
  expected: Sha256 | null,
): Promise<MatchedFile | null> {
  // What the trainer has beyond what is asked for does no harm.
  if (expected === null) return null;
  if (path === null) throw settingDiffers(setting, expected, 'none');
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  assertSame(setting, path, hash.digest('hex'), expected);
  return { path, sha256: expected };
}

function assertSame(setting: string, path: string, actual: string, expected: Sha256): void {
  if (actual === expected) return;
  throw settingDiffers(setting, expected, `another one, ${path} (${short(actual)})`);
}

/** What the API has now is not known here; a sweep keeps what the API had at its launch. */
function settingDiffers(setting: string, expected: Sha256, present: string): ScoringDiffersError {
  return new ScoringDiffersError(
    'scoring-setting-differs',
    `The sweep was launched with the file ${short(expected)} (first 12 digits of its SHA-256) of ${setting}; this trainer has ${present}. ` +
      `Launch the sweep again to score with the present file of the API, which must be the trainer's too, ` +
      `or set ${setting} of the trainer to the file of the launch and retry.`,
  );
}

function short(sha256: string): string {
  return sha256.slice(0, 12);
}
