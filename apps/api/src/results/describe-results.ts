/** The sentence below a results table: all that a reader needs to compare it with another. */
import { describeDecoding, type EngineRecord, type ResultsColumn } from '@capgrid/contracts';
import type { ResultsInput, ResultTrial } from './build-results-table.js';
import { commonFields } from './signature-fields.js';

export function describeResults(
  sweep: ResultsInput['sweep'],
  trials: readonly ResultTrial[],
  columns: readonly ResultsColumn[],
): string {
  const finished = trials.filter((trial) => trial.status === 'finished');
  const images = distinct(finished.flatMap((trial) => trial.captions ?? []));
  const seeds = distinct(trials.map((trial) => trial.seed));
  const missing = trials.length - finished.length;
  const sentences = [
    `Dataset ${sweep.dataset}, ${describeSplit(sweep.factors, trials)}${describeImages(images)}.`,
    describeWriting(sweep.factors, trials),
    `${describeUnits(columns)}, ${seeds.length === 1 ? `one seed (${seeds.join()})` : `mean over ${seeds.length} seeds (${seeds.join(', ')})`}.`,
    missing === 0 ? '' : `${missing} of ${trials.length} trials have no result.`,
    describeSignatures(columns),
    describeEngines(finished),
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function describeSplit(factors: readonly string[], trials: readonly ResultTrial[]): string {
  if (factors.includes('decode.split')) return 'split as given';
  return `${distinct(trials.map((trial) => trial.spec.decode.split)).join(' and ')} split`;
}

function describeImages(images: readonly number[]): string {
  if (images.length === 0) return '';
  const counts = images.toSorted((a, b) => a - b);
  return ` (${counts.join(' or ')} image${counts.at(-1) === 1 ? '' : 's'})`;
}

/** Only what the table does not show as a factor. */
function describeWriting(factors: readonly string[], trials: readonly ResultTrial[]): string {
  // Retrieval reads none of it.
  const writing = trials.filter(({ spec }) => spec.training.model.decoder !== 'retrieval');
  const words = describeDecoding(
    writing.map(({ spec }) => spec.decode),
    (option) =>
      factors.some((path) => path === `decode.${option}` || path.startsWith(`decode.${option}.`)),
  );
  if (words === '') return '';
  return `Decoding${writing.length < trials.length ? ' (not of retrieval)' : ''}: ${words}.`;
}

function describeUnits(columns: readonly ResultsColumn[]): string {
  const hasPlain = columns.some(({ unit }) => unit === 'plain');
  return hasPlain ? 'Quality and shares times 100' : 'Scores times 100';
}

/** What the usual scores share is said once, then what each of them adds. */
function describeSignatures(columns: readonly ResultsColumn[]): string {
  const shown = columns.filter(({ isPrimary }) => isPrimary);
  const all = shown.flatMap(({ comparable }) => comparable.map(({ signature }) => signature));
  if (all.length === 0) return '';
  const common = commonFields(distinct(all));
  const own = shown.flatMap(({ label, comparable }) => {
    const [only, ...others] = comparable;
    // Where a column has several, they are told apart beside it.
    if (only === undefined || others.length > 0) return [];
    // The first field is the metric's name.
    const fields = only.signature.split('|').filter((field) => field.includes(':'));
    const added = fields.filter((field) => !common.includes(field));
    return added.length === 0 ? [] : [`${label} ${added.join('|')}`];
  });
  return `Signature: ${[common.join('|'), ...own].filter((part) => part !== '').join('; ')}.`;
}

/** Of trainings and evaluations: numbers of different engines differ in the last digits. */
function describeEngines(trials: readonly ResultTrial[]): string {
  const engines = distinct(trials.flatMap((trial) => trial.engines.map(describeEngine)));
  if (engines.length === 0) return '';
  return `${engines.length === 1 ? 'Engine' : 'Different engines'}: ${engines.join('; ')}.`;
}

function describeEngine({ name, version, blas, device, threads }: EngineRecord): string {
  const full = version.includes(name) ? version : `${name} ${version}`;
  // Of OpenBLAS' own description its name and release say enough.
  const [library = '', release = ''] = (blas ?? '').split(' ');
  const named = blas === null ? full : `${full} (${`${library} ${release}`.trim()})`;
  return `${named}, ${device}, ${threads} thread${threads === 1 ? '' : 's'}`;
}

function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}
