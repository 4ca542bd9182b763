/** Factors and their values in the words of a table, the same in every part that prints one. */
import type { FactorValue } from './sweep-spec.js';

/** Short column heads: `model.attention.kind` is "attention"; the path where two would be alike. */
export function labelFactors(paths: readonly string[]): { path: string; label: string }[] {
  const labels = paths.map(shorten);
  return paths.map((path, index) => {
    const label = labels[index] ?? path;
    const isUnique = labels.filter((other) => other === label).length === 1;
    return { path, label: isUnique ? label : path };
  });
}

/** `true` is "on", `null` is "none"; everything else as written. */
export function formatFactorValue(value: FactorValue): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}

function shorten(path: string): string {
  const names = path.split('.');
  const last = names.at(-1) ?? path;
  // `kind`, `name` and `value` say nothing without what they belong to.
  const name = last === 'kind' || last === 'value' || last === 'name' ? names.at(-2) : last;
  return (name ?? path).replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
