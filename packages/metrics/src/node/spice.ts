/**
 * Runs the user's own SPICE jar (Anderson et al. 2016), as coco-caption does. SPICE needs Java and
 * the models of Stanford CoreNLP 3.6.0 and is under the AGPL; nothing of it is in this package.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { assertObject, invalidInput } from '../invalid-input.js';
import { MetricInputError } from '../metric-input-error.js';
import { MetricResourceError } from '../metric-resource-error.js';
import { nameReferences } from '../name-references.js';
import { PTB_TOKENIZER } from '../ptb/tokenize-captions.js';
import { readSpiceOutput, type SpiceScore } from '../spice-score.js';
import { tokenizeItems, type CaptionContext, type CaptionItem } from '../tokenize-items.js';
import { javaProgram, SPICE_JAR_REMEDY } from './check-spice.js';
import { runSpiceProcess } from './spice-process.js';

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
  /** Memory of Java as `-Xmx` has it, for instance `4G` or `512m`; default 8G, as in coco-caption. */
  readonly maxHeap?: string | undefined;
  /** Stops the process and what it started. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * SPICE of all images. The files it works with are removed, however it ends.
 *
 * @throws MetricInputError for captions that cannot be scored and `invalid-heap-size`; MetricResourceError
 * `spice-jar-missing`, `java-missing`, `spice-failed`, `spice-output-invalid`; the reason of `signal`
 * when that stops it
 */
export async function runSpice(options: SpiceOptions): Promise<SpiceScore> {
  assertObject('options', options, 'an object { jar, items }');
  const { items, cacheFolder, context = 'next-caption', maxHeap = '8G', signal } = options;
  const given: unknown = options.jar;
  if (typeof given !== 'string') throw invalidInput('jar', given, 'the path of spice-1.0.jar');
  assertHeap(maxHeap);
  const jar = resolve(given);
  signal?.throwIfAborted();
  const tool = `${basename(jar)}-${await hashJar(jar)}`;
  const java = javaProgram(options);
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
    const parameters = [`-Xmx${maxHeap}`, '-jar', jar, input, ...cache, ...results];
    await runSpiceProcess({ java, parameters, folder: dirname(jar), maxHeap, signal });
    const imageIds = items.map(({ imageId }) => imageId);
    return readSpiceOutput(await readOutput(output), imageIds, {
      tool,
      tokenizer: PTB_TOKENIZER,
      context,
      references: nameReferences(imageIds, references),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function assertHeap(maxHeap: string): void {
  if (/^[1-9]\d*[kKmMgGtT]?$/.test(maxHeap)) return;
  throw new MetricInputError(
    'invalid-heap-size',
    `maxHeap is ${JSON.stringify(maxHeap)}; write a number and k, m or g, as in "8G".`,
  );
}

async function hashJar(jar: string): Promise<string> {
  const found = await stat(jar).catch(() => null);
  if (found === null || !found.isFile()) {
    throw new MetricResourceError(
      'spice-jar-missing',
      `The SPICE jar ${jar} ${found === null ? 'does not exist' : 'is not a file'}. ` +
        SPICE_JAR_REMEDY,
    );
  }
  return createHash('sha256')
    .update(await readFile(jar))
    .digest('hex')
    .slice(0, 12);
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
