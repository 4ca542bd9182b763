/** Short column heads for factor paths: `model.attention.kind` is "attention". */
import type { ResultsTable } from '@capgrid/contracts';

export function labelFactors(paths: readonly string[]): ResultsTable['factors'] {
  const labels = paths.map(shorten);
  return paths.map((path, index) => {
    const label = labels[index] ?? path;
    const isUnique = labels.filter((other) => other === label).length === 1;
    return { path, label: isUnique ? label : path };
  });
}

function shorten(path: string): string {
  const names = path.split('.');
  const last = names.at(-1) ?? path;
  // `kind` and `value` say nothing without what they belong to.
  const name = last === 'kind' || last === 'value' || last === 'name' ? names.at(-2) : last;
  return (name ?? path).replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
