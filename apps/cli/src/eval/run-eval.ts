/** `capgrid eval` from the first look at the paths to the result. */
import { MetricInputError, MetricResourceError } from '@capgrid/metrics';
import { CliError } from '../cli-error.js';
import { tableStyle, type Context } from '../context.js';
import { printable } from '../table/printable.js';
import type { EvalOptions } from './eval-options.js';
import { checkInputPaths, type InputPath } from './input-paths.js';
import { preparePerImageFile } from './per-image-file.js';
import { noticesOfFew, readInputs, type Inputs } from './read-inputs.js';
import { countOf } from './references.js';
import { perImageLines, resultJson, type EvalResult, type ScoredFile } from './result-json.js';
import { renderResult } from './result-text.js';
import { compareScores, prepareMeteor, scorePairs, type ScoreSettings } from './score-pairs.js';

/** @throws CliError */
export async function runEval(context: Context, options: EvalOptions): Promise<void> {
  const { terminal } = context;
  const inputs = inputPaths(options);
  await checkInputPaths(inputs);
  const perImage =
    options.perImage === null
      ? null
      : await preparePerImageFile(
          options.perImage,
          inputs.map(({ path }) => path),
        );
  terminal.redraw(['reading captions']);
  const tell = (notice: string): void => terminal.tell(printable(`capgrid: ${notice}`));
  const read = await readInputs(options, tell);
  [...read.notes, ...noticesOfFew(read)].forEach(tell);
  const result = await score(context, options, read);
  if (perImage !== null) await perImage.write(perImageLines(result));
  terminal.redraw([]);
  terminal.print(
    options.wantsJson
      ? JSON.stringify(resultJson(result, read.notes))
      : renderResult(result, tableStyle(context)),
  );
}

function inputPaths(options: EvalOptions): InputPath[] {
  const { references, candidates, compare, training, meteorParaphrases, spiceJar } = options;
  const given = [
    ...references.map((path) => ({ option: '--references', path, isScored: true })),
    { option: '--candidates', path: candidates, isScored: true },
    { option: '--compare', path: compare, isScored: true },
    // A Karpathy file holds the references of one split and the training captions of another.
    { option: '--training', path: training, isScored: false },
    { option: '--meteor-paraphrases', path: meteorParaphrases, isScored: false },
    { option: '--spice-jar or CAPGRID_SPICE_JAR', path: spiceJar, isScored: false },
  ];
  return given.flatMap(({ path, ...rest }) => (path === null ? [] : [{ path, ...rest }]));
}

async function score(
  { terminal, env }: Context,
  options: EvalOptions,
  { pairs, comparedPairs, training }: Inputs,
): Promise<EvalResult> {
  try {
    const { spiceJar, captionContext } = options;
    const runs = comparedPairs === null ? [pairs] : [pairs, comparedPairs];
    const meteor = await prepareMeteor(options.meteorParaphrases, runs, captionContext);
    const settings: ScoreSettings = {
      meteor,
      training,
      spiceJar,
      captionContext,
      javaHome: env.javaHome,
    };
    const scoreFile = async (path: string, own: Inputs['pairs']): Promise<ScoredFile> => {
      const tool = spiceJar === null ? '' : ', SPICE takes a while';
      terminal.redraw([`scoring ${countOf(own.length, 'image')} of ${printable(path)}${tool}`]);
      return { path, pairs: own, score: await scorePairs(own, settings) };
    };
    const candidates = await scoreFile(options.candidates, pairs);
    if (options.compare === null || comparedPairs === null) return { candidates, compared: null };
    const file = await scoreFile(options.compare, comparedPairs);
    terminal.redraw([`comparing in ${countOf(options.resamples, 'resample')}`]);
    const comparison = compareScores(
      { name: candidates.path, score: candidates.score },
      { name: file.path, score: file.score },
      options,
    );
    return { candidates, compared: { file, comparison } };
  } catch (cause) {
    throw explain(cause);
  }
}

/** What other captions would not mend is the environment's fault. */
function explain(cause: unknown): unknown {
  const isEnvironment =
    cause instanceof MetricResourceError ||
    (cause instanceof MetricInputError && cause.code === 'invalid-paraphrase-table');
  if (isEnvironment) return new CliError('bad-environment', cause.message, { cause });
  if (cause instanceof MetricInputError) {
    return new CliError('bad-captions', cause.message, { cause });
  }
  return cause;
}
