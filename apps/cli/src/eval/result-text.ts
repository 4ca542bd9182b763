/** Scores as tables for people: times 100 with two decimals, as papers print them. */
import { METRICS, QUALITY_METRICS, type CaptionsScore, type MetricKey } from '@capgrid/metrics';
import { renderTable, type TableStyle, type TextCell, type TextColumn } from '../table/booktabs.js';
import { renderPanels } from '../table/panels.js';
import { printable } from '../table/printable.js';
import { wrapText } from '../table/wrap-text.js';
import { DESCRIPTIVE_METRICS, type EvalResult } from './result-json.js';
import { countOf } from './references.js';
import type { Comparison } from './score-pairs.js';

/** Characters of a metric's name in one line of a narrow terminal. */
const LONG_NAME = 14;

export function renderResult({ candidates, compared }: EvalResult, style: TableStyle): string {
  const { score } = candidates;
  const scores = [score, ...(compared === null ? [] : [compared.file.score])];
  const quality =
    compared === null ? scoreTable(score, style) : comparisonTable(compared.comparison, style);
  const files =
    compared === null
      ? []
      : [`A: ${printable(candidates.path)}`, `B: ${printable(compared.file.path)}`, ''];
  const caption = [
    `${countOf(score.images, 'image')}. Scores times 100. CIDEr-D is what coco-caption prints as CIDEr.`,
    ...(compared === null ? [] : describeTests(compared.comparison)),
  ];
  const signatures = QUALITY_METRICS.flatMap((key) => score.signatures[key] ?? []);
  return [
    ...files,
    quality,
    ...caption.flatMap((sentence) => wrapText(sentence, style.width ?? Infinity)),
    '',
    captionTable(scores, style),
    '',
    'Signatures:',
    ...signatures.map((signature) => `  ${printable(signature)}`),
  ].join('\n');
}

function scoreTable({ corpus, labels }: CaptionsScore, style: TableStyle): string {
  const rows = QUALITY_METRICS.flatMap((key): TextCell[][] => {
    const value = corpus[key];
    return value === undefined ? [] : [[{ text: labels[key] ?? key }, { text: times100(value) }]];
  });
  return renderTable([left('metric'), right('score')], rows, style);
}

/** Below each other where the terminal is narrow, long names in several lines then. */
function comparisonTable({ metrics, confidence }: Comparison, style: TableStyle): string {
  const minus = style.hasUnicode ? '−' : '-';
  const columns = [
    right('A'),
    right('B'),
    right(`A ${minus} B`),
    right(`${Math.round(confidence * 100)}% interval`),
    right('p', 'bootstrap'),
    right('Holm', 'bootstrap'),
    right('p', 'randomization'),
    right('Holm', 'randomization'),
  ];
  const rows = metrics.map(({ a, b, difference, interval, bootstrap, randomization }) => [
    times100(a),
    times100(b),
    signed(difference, style),
    `${signed(interval.low, style)} to ${signed(interval.high, style)}`,
    ...[bootstrap.p, bootstrap.holm, randomization.p, randomization.holm].map(probability),
  ]);
  const render = (namesOf: (label: string) => string[]): string => {
    const lines = metrics.flatMap(({ label }, row) =>
      namesOf(label).map((name, line) => ({ name, cells: line === 0 ? (rows[row] ?? []) : [] })),
    );
    const heads = { columns: [left('metric')], rows: lines.map(({ name }) => [{ text: name }]) };
    const body = { columns, rows: lines.map(({ cells }) => cells.map((text) => ({ text }))) };
    return renderPanels(heads, body, style);
  };
  const whole = render((label) => [label]);
  return whole.includes('\n\n') ? render(breakName) : whole;
}

/** `METEOR (exact, stem, synonym)` is twice as long as any other name. */
function breakName(label: string): string[] {
  return wrapText(label, LONG_NAME).map((line, index) => (index === 0 ? line : `  ${line}`));
}

function describeTests({ resamples, seed, metrics, idf }: Comparison): string[] {
  return [
    `Paired bootstrap and approximate randomization over images: ${resamples} resamples, seed ${seed}, ` +
      `idf of CIDEr ${idf}.`,
    `Two-sided p, and Holm's correction for ${countOf(metrics.length, 'metric')}.`,
  ];
}

function captionTable(scores: readonly CaptionsScore[], style: TableStyle): string {
  const keys = DESCRIPTIVE_METRICS.filter((key) =>
    scores.some(({ corpus }) => corpus[key] !== undefined),
  );
  const names = scores.length === 1 ? ['value'] : ['A', 'B'];
  const columns = [left('captions'), ...names.map((name) => right(name)), left('')];
  const rows = keys.map((key) => [
    { text: METRICS[key].name },
    ...scores.map(({ corpus }) => ({ text: describeValue(key, corpus[key], style) })),
    { text: unitOf(key) },
  ]);
  return renderTable(columns, rows, style);
}

function describeValue(key: MetricKey, value: number | undefined, style: TableStyle): string {
  if (value === undefined) return style.hasUnicode ? '–' : '-';
  if (key === 'vocabularyUsed') return String(value);
  return METRICS[key].scale.unit === 'share' ? (value * 100).toFixed(1) : value.toFixed(2);
}

function unitOf(key: MetricKey): string {
  const { unit } = METRICS[key].scale;
  return unit === 'share' ? '%' : (unit ?? '');
}

function times100(value: number): string {
  return (value * 100).toFixed(2);
}

function signed(value: number, { hasUnicode }: TableStyle): string {
  const digits = times100(Math.abs(value));
  if (Number(digits) === 0) return digits;
  return `${value < 0 ? (hasUnicode ? '−' : '-') : '+'}${digits}`;
}

function probability(p: number): string {
  return p < 0.0005 ? '<0.001' : p.toFixed(3);
}

function left(label: string): TextColumn {
  return { label, group: null, align: 'left' };
}

function right(label: string, group: string | null = null): TextColumn {
  return { label, group, align: 'right' };
}
