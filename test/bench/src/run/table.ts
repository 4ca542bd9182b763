/** Results as a table for people: one row for each contender, the names of a group as blocks. */
import type { Result } from './result.js';

const COLUMNS = ['name', 'engine', 'device', 'threads', 'median', 'best', 'unit', 'x PyTorch'];
/** Of these the digits are aligned. */
const NUMERIC = new Set(['threads', 'median', 'best', 'x PyTorch']);

export function formatTable(results: readonly Result[]): string {
  const rows = results.map((result, index) => [
    result.name === results[index - 1]?.name ? '' : result.name,
    result.engine,
    result.device,
    String(result.threads),
    formatValue(result.value),
    formatValue(result.best),
    result.unit,
    result.ratioToPytorch === null ? '' : result.ratioToPytorch.toFixed(2),
  ]);
  const widths = COLUMNS.map((column, i) =>
    Math.max(column.length, ...rows.map((row) => (row[i] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells
      .map((cell, i) =>
        NUMERIC.has(COLUMNS[i] ?? '') ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
      )
      .join(' | ')} |`;
  const rule = `| ${COLUMNS.map((column, i) => {
    const dashes = '-'.repeat(widths[i] ?? 0);
    return NUMERIC.has(column) ? `${dashes.slice(1)}:` : dashes;
  }).join(' | ')} |`;
  return [line(COLUMNS), rule, ...rows.map(line)].join('\n');
}

/** Three significant digits, but no digit before the point is lost. */
function formatValue(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : 2);
}
