/** `capgrid eval`: scores captions as the COCO caption evaluation does. Needs no stack. */
import type * as metrics from '@capgrid/metrics';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import type { EvalOptions } from '../eval/eval-options.js';
import { wholeNumber } from './parse-number.js';

interface Options {
  references: string[];
  candidates: string;
  json?: true;
  perImage?: string;
  compare?: string;
  allowMissing?: true;
  meteorParaphrases?: string;
  spiceJar?: string;
  training?: string;
  split?: string;
  resamples?: number;
  seed?: number;
  context: EvalOptions['captionContext'];
}

// Those of the package, tied to them by their types: no other command should wait until it is loaded.
const DEFAULT_RESAMPLES: typeof metrics.DEFAULT_RESAMPLES = 1000;
const MIN_RESAMPLES: typeof metrics.MIN_RESAMPLES = 100;
const MAX_RESAMPLES: typeof metrics.MAX_RESAMPLES = 1_000_000;
const DEFAULT_SEED = 1;
const MOST_SEED = 2 ** 32 - 1;

const HELP = `
Files, told apart by their content, each also packed with gzip:
  COCO annotations   {"images":[{"id"}],"annotations":[{"image_id","caption"}]}   references
  COCO results       [{"image_id","caption"}]                                     candidates
  Karpathy split     {"images":[{"split","sentences":[{"raw"}],"cocoid"}]}        references
  text               one caption a line                                           both

Images are taken in the order of the references, so that of the candidates changes no score. Ids that
are all strings in one file and all numbers in the other, "42" and 42, are the same images.

METEOR without --meteor-paraphrases lacks the paraphrases of coco-caption and is labelled so
(in JSON by its signature and "labels"; the key is METEOR in either case, also with --per-image).
Exit code 0: scored, 1: the captions cannot be scored, 2: wrong use, or Java, SPICE or METEOR's data
are missing or fail.

Examples:
  ./capgrid eval --references captions_val2014.json --candidates results.json --allow-missing
  ./capgrid eval --references dataset_coco.json --split test --candidates ours.json --compare baseline.json
  ./capgrid eval --references a.txt b.txt c.txt --candidates hypotheses.txt --json`;

export function addEval(program: Command, context: Context): void {
  program
    .command('eval')
    .description('score captions as the COCO caption evaluation does; works offline')
    .requiredOption(
      '--references <files...>',
      'captions by people; several files when plain text',
      collect,
    )
    .requiredOption('--candidates <file>', 'one generated caption per image')
    .option('--json', 'print scores and signatures as JSON, unrounded')
    .option('--per-image <file>', 'write the scores of each image, one JSON object a line')
    .option('--compare <file>', 'candidates of another model: differences, intervals, p-values')
    .option('--allow-missing', 'leave out images without candidate or references, and say so')
    .option('--meteor-paraphrases <file>', "METEOR's paraphrase-en.gz, for METEOR with all modules")
    .option('--spice-jar <file>', 'run this SPICE (default: CAPGRID_SPICE_JAR; needs Java)')
    .option('--training <file>', 'captions the model was trained on: counts novel captions')
    .option('--split <name>', 'split of a Karpathy file (default: test)')
    .option('--resamples <n>', `for --compare (default: ${DEFAULT_RESAMPLES})`, parseResamples)
    .option('--seed <n>', `of the resamples, for --compare (default: ${DEFAULT_SEED})`, parseSeed)
    .addOption(
      new Option('--context <which>', 'what the tokenizer sees behind a caption')
        .choices(['next-caption', 'none'])
        .default('next-caption', '"next-caption", as coco-caption'),
    )
    .addHelpText('after', HELP)
    .action((options: Options) => evaluate(context, options));
}

async function evaluate(context: Context, options: Options): Promise<void> {
  for (const name of ['resamples', 'seed'] as const) {
    if (options[name] === undefined || options.compare !== undefined) continue;
    throw new CliError('usage', `--${name} is for --compare <file>: add that, or leave it out.`);
  }
  // Loaded here, so that no other command waits for it.
  const { runEval } = await import('../eval/run-eval.js');
  await runEval(context, {
    references: options.references,
    candidates: options.candidates,
    compare: options.compare ?? null,
    perImage: options.perImage ?? null,
    allowsMissing: options.allowMissing === true,
    meteorParaphrases: options.meteorParaphrases ?? null,
    spiceJar: options.spiceJar ?? context.env.spiceJar,
    training: options.training ?? null,
    split: options.split ?? null,
    resamples: options.resamples ?? DEFAULT_RESAMPLES,
    seed: options.seed ?? DEFAULT_SEED,
    captionContext: options.context,
    wantsJson: options.json === true,
  });
}

/** Of `--references a b` and of `--references a --references b`. */
function collect(path: string, paths: string[] = []): string[] {
  return [...paths, path];
}

function parseResamples(text: string): number {
  return atMost(MAX_RESAMPLES, wholeNumber(MIN_RESAMPLES)(text));
}

function parseSeed(text: string): number {
  return atMost(MOST_SEED, wholeNumber(0)(text));
}

function atMost(most: number, value: number): number {
  if (value <= most) return value;
  throw new InvalidArgumentError(`give a whole number of at most ${most}`);
}
