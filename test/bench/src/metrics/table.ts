/** The results of this group for people. */
import { markdownTable } from '../run/markdown-table.js';
import type { Result } from '../run/result.js';

const COLUMNS = [
  'images x refs',
  'who',
  'part',
  'median s',
  'best s',
  'CPU s',
  's/1,000 images',
  'peak MB',
  'goal',
  'time / ours',
];
const TEXT = new Set(['images x refs', 'who', 'part']);

export function formatMetricsTable(results: readonly Result[]): string {
  const rows = results.map((result, index) => {
    const before = results[index - 1];
    const isNewSet = before?.name !== result.name;
    return [
      isNewSet ? result.name : '',
      isNewSet || before?.engine !== result.engine ? result.engine : '',
      String(result['part']),
      seconds(result.value),
      seconds(result.best),
      number(result['cpuSeconds'], seconds),
      number(result['secondsPer1000Images'], seconds),
      number(result['peakMegabytes'], (value) => value.toFixed(0)),
      goal(result['goal']),
      number(result['timeOverOwn'], (value) => value.toFixed(1)),
    ];
  });
  const columns = COLUMNS.map((name) => ({ name, isText: TEXT.has(name) }));
  return [markdownTable(columns, rows), '', ...versions(results)].join('\n');
}

/** Of everyone who took part, and where the captions come from. */
function versions(results: readonly Result[]): string[] {
  const distinct = (key: string): string =>
    [...new Set(results.map((result) => String(result[key])))]
      .filter((text) => text !== '')
      .join(', ');
  return results.length === 0 ? [] : [`${distinct('version')}; captions: ${distinct('captions')}`];
}

function number(value: unknown, format: (value: number) => string): string {
  return typeof value === 'number' ? format(value) : '';
}

function seconds(value: number): string {
  return value.toFixed(value < 1 ? 3 : 2);
}

function goal(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const megabytes: unknown = Reflect.get(value, 'megabytes');
  const memory = typeof megabytes === 'number' ? `, ${megabytes} MB` : '';
  return `${String(Reflect.get(value, 'seconds'))} s${memory}`;
}
