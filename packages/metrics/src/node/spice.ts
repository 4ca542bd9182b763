/**
 * Runs the user's own SPICE jar (Anderson et al. 2016), as coco-caption does. SPICE needs Java and
 * the models of Stanford CoreNLP 3.6.0 and is under the AGPL; nothing of it is in this package.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { MetricResourceError } from '../metric-resource-error.js';
import { readSpiceOutput, type SpiceScore } from '../spice-score.js';
import { tokenizeItems, type CaptionContext, type CaptionItem } from '../tokenize-items.js';

export interface SpiceOptions {
  /** Path of `spice-1.0.jar`, with its `lib` folder beside it. */
  readonly jar: string;
  /** The java program; default: that of `javaHome`, else the one on the PATH. */
  readonly java?: string | undefined;
  /** Value of JAVA_HOME, if set. */
  readonly javaHome?: string | undefined;
  /** Raw captions. SPICE gets them tokenised, as it does from coco-caption. */
  readonly items: readonly CaptionItem[];
  /** See `tokenizeCaptions`; default `next-caption`. */
  readonly context?: CaptionContext | undefined;
  /** Keeps parsed references for later, faster runs; made if absent. Default: nothing is kept. */
  readonly cacheFolder?: string | undefined;
  /** Stops the process. */
  readonly signal?: AbortSignal | undefined;
}

/** What coco-caption gives SPICE. */
const MAX_HEAP = '8G';
/** Characters of stderr that an error quotes. */
const QUOTED = 2000;

/**
 * SPICE of all images. The files it works with are removed, however it ends.
 *
 * @throws MetricInputError for captions that cannot be scored; MetricResourceError
 * `spice-jar-missing`, `java-missing`, `spice-failed`, `spice-output-invalid`; the reason of `signal`
 * when that stops it
 */
export async function runSpice(options: SpiceOptions): Promise<SpiceScore> {
  const { items, cacheFolder, context = 'next-caption', signal } = options;
  const jar = resolve(options.jar);
  signal?.throwIfAborted();
  const tool = `${basename(jar)}-${await hashJar(jar)}`;
  const java = options.java ?? (options.javaHome ? join(options.javaHome, 'bin', 'java') : 'java');
  const { candidates, references } = tokenizeItems(items, context);

  const folder = await mkdtemp(join(tmpdir(), 'capgrid-spice-'));
  try {
    const input = join(folder, 'input.json');
    const output = join(folder, 'output.json');
    const captions = candidates.map((test, index) => ({
      image_id: index,
      test,
      refs: references[index],
    }));
    await writeFile(input, JSON.stringify(captions));
    const cache = cacheFolder === undefined ? [] : ['-cache', resolve(cacheFolder)];
    if (cacheFolder !== undefined) await mkdir(cacheFolder, { recursive: true });
    const results = ['-out', output, '-subset', '-silent'];
    await runJava(java, ['-jar', `-Xmx${MAX_HEAP}`, jar, input, ...cache, ...results], {
      folder: dirname(jar),
      signal,
    });
    return readSpiceOutput(
      await readOutput(output),
      items.map(({ imageId }) => imageId),
      tool,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function hashJar(jar: string): Promise<string> {
  const found = await stat(jar).catch(() => null);
  if (found === null || !found.isFile()) {
    throw new MetricResourceError(
      'spice-jar-missing',
      `The SPICE jar ${jar} ${found === null ? 'does not exist' : 'is not a file'}. Give the path ` +
        'of spice-1.0.jar, which lies in the SPICE download beside its lib folder.',
    );
  }
  return createHash('sha256')
    .update(await readFile(jar))
    .digest('hex')
    .slice(0, 12);
}

/** Ends when the process has ended and cannot touch its files any more. */
async function runJava(
  java: string,
  parameters: readonly string[],
  { folder, signal }: { folder: string; signal: AbortSignal | undefined },
): Promise<void> {
  let stderr = '';
  const end = await new Promise<{ code: number | null; killedBy: string | null; error?: Error }>(
    (done) => {
      const child = spawn(java, parameters, {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const stop = (): void => void child.kill('SIGKILL');
      signal?.addEventListener('abort', stop);
      const finish = (outcome: Parameters<typeof done>[0]): void => {
        signal?.removeEventListener('abort', stop);
        done(outcome);
      };
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr = (stderr + text).slice(-QUOTED);
      });
      child.on('error', (error) => finish({ code: null, killedBy: null, error }));
      child.on('close', (code, killedBy) => finish({ code, killedBy }));
    },
  );
  signal?.throwIfAborted();
  if (end.error !== undefined) {
    throw new MetricResourceError(
      'java-missing',
      `Java cannot be started as "${java}" (${end.error.message}). Install Java 8 or 11, put it ` +
        'on the PATH, set JAVA_HOME, or give the path of the java program.',
      { cause: end.error },
    );
  }
  if (end.code !== 0) {
    throw new MetricResourceError(
      'spice-failed',
      `SPICE ended with ${end.code === null ? `signal ${end.killedBy}` : `exit code ${end.code}`}. ` +
        `${remedy(stderr)} The end of its messages:\n${stderr.trim() || '(none)'}`,
    );
  }
}

/** For the failures that users of SPICE report. */
function remedy(stderr: string): string {
  if (stderr.includes('UnsupportedClassVersionError')) {
    return 'This Java is too old: use Java 8 or 11.';
  }
  if (stderr.includes('InaccessibleObjectException')) {
    return 'This Java is too new for SPICE, which opens classes of the JDK: use Java 8 or 11.';
  }
  if (stderr.includes('OutOfMemoryError') || stderr.includes('Could not reserve enough space')) {
    return `SPICE may use ${MAX_HEAP} of memory: free some, or score fewer images.`;
  }
  if (stderr.includes('UnsatisfiedLinkError')) {
    return 'The cache of SPICE has no code for this platform: run without a cache folder.';
  }
  if (stderr.includes('NoClassDefFoundError') || stderr.includes('Unable to open "edu/stanford')) {
    return 'Parts of SPICE are missing: the lib folder beside the jar needs the CoreNLP 3.6.0 jars.';
  }
  return 'Run the jar by hand to see whether it works.';
}

async function readOutput(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new MetricResourceError(
      'spice-failed',
      'SPICE ended without an error, but wrote no scores. Check that the jar is SPICE 1.0.',
      { cause },
    );
  }
}
