/** Results as a table for people: one row for each contender, the names of a group as blocks. */
import { markdownTable } from './markdown-table.js';
import type { Result } from './result.js';

const COLUMNS = [
  { name: 'name', isText: true },
  { name: 'engine', isText: true },
  { name: 'device', isText: true },
  { name: 'threads', isText: false },
  { name: 'median', isText: false },
  { name: 'best', isText: false },
  { name: 'unit', isText: true },
  { name: 'x PyTorch', isText: false },
  { name: 'best x', isText: false },
];

export function formatTable(results: readonly Result[]): string {
  return markdownTable(
    COLUMNS,
    results.map((result, index) => [
      result.name === results[index - 1]?.name ? '' : result.name,
      result.engine,
      result.device,
      String(result.threads),
      formatValue(result.value),
      formatValue(result.best),
      result.unit,
      ...[result.ratioToPytorch, result.bestRatioToPytorch].map((ratio) => ratio?.toFixed(2) ?? ''),
    ]),
  );
}

/** Three significant digits, but no digit before the point is lost. */
export function formatValue(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : 2);
}
