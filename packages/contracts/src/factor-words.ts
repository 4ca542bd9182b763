/** Factors and their values in the words of a table, the same in every part that prints one. */
import type { FactorValue } from './sweep-spec.js';

/** Words that are not those of a camel-case name. */
const COMPOUNDS: Readonly<Record<string, string>> = {
  fineTune: 'fine-tune',
  selfCritical: 'self-critical',
};

/**
 * Short column heads: `model.attention.kind` is "attention", `encoder.fineTune.layers` "fine-tune
 * layers"; the path where two would be alike.
 */
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

/** The last name says nothing without those above it, except the group. */
function shorten(path: string): string {
  const names = path.split('.');
  const last = names.at(-1) ?? path;
  // `kind`, `name` and `value` only repeat what they belong to.
  const isEmpty = last === 'kind' || last === 'value' || last === 'name';
  const telling = isEmpty ? names.slice(0, -1) : names;
  return (telling.length > 1 ? telling.slice(1) : telling).map(toWords).join(' ');
}

function toWords(name: string): string {
  return COMPOUNDS[name] ?? name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
