/** The README's table of kernels, made from the registry. */
import { getKernelsForBackend } from '@tensorflow/tfjs-core';
import type { Binding } from './binding.js';
import { BACKEND, type NativeKernel } from './kernels/kernel.js';
import { nativeKernels } from './native-kernels.js';

const BEGIN = '<!-- kernels: npm run kernel-table -w @capgrid/tensor -->';
const END = '<!-- /kernels -->';

/**
 * @param readme with the marks of the table
 * @returns the same text with the table of the engine libtorch, which has to be started
 * @throws Error where the marks are not there
 */
export function withKernelTable(readme: string, binding: Binding): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`README.md lacks ${BEGIN} … ${END}`);
  return `${readme.slice(0, begin)}${BEGIN}\n\n${table(binding)}\n\n${readme.slice(end)}`;
}

function table(binding: Binding): string {
  const groups = nativeKernels(binding);
  const native = new Set(groups.flatMap(({ kernels }) => kernels.map(({ name }) => name)));
  const borrowed = getKernelsForBackend(BACKEND)
    .map(({ kernelName }) => kernelName)
    .filter((name) => !native.has(name));
  return aligned([
    ['runs on', 'kernels', 'count', 'names'],
    ...groups.map(({ title, kernels }) => [
      'libtorch',
      title,
      String(kernels.length),
      kernels
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map(describe)
        .join(', '),
    ]),
    [
      'tfjs-backend-cpu',
      'the rest',
      String(borrowed.length),
      borrowed.toSorted().map(code).join(', '),
    ],
  ]);
}

function describe({ name, limit }: NativeKernel): string {
  return limit === undefined ? code(name) : `${code(name)} (${limit})`;
}

function code(name: string): string {
  return `\`${name}\``;
}

/** As prettier lays Markdown tables out. */
function aligned(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const [head = [], ...body] = rows.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)),
  );
  const rule = widths.map((width) => '-'.repeat(width));
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
