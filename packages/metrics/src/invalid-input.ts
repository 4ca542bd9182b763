/**
 * What callers pass is checked once, where it enters: types do not hold for those who write
 * JavaScript or read files, and a string iterates as a list of characters.
 */
import { MetricInputError } from './metric-input-error.js';

/** @param name the parameter, for instance `trainingCaptions` */
export function invalidInput(name: string, value: unknown, wanted: string): MetricInputError {
  return new MetricInputError('invalid-input', `${name} is ${nameValue(value)}; pass ${wanted}.`);
}

/** As messages show a value that is of the wrong type. */
export function nameValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `the string ${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)}`;
    case 'number':
    case 'bigint':
    case 'boolean':
      return `the ${typeof value} ${value}`;
    case 'undefined':
      return 'undefined';
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return `a list of ${value.length}`;
      return value instanceof Promise ? 'a promise, not what it resolves to' : 'an object';
    default:
      return `a ${typeof value}`;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/**
 * @param name the parameter
 * @throws MetricInputError `invalid-input`, `invalid-caption`
 */
export function assertCaptions(name: string, captions: unknown): void {
  if (!Array.isArray(captions)) throw invalidInput(name, captions, 'a list of strings');
  const list: readonly unknown[] = captions;
  for (let index = 0; index < list.length; index += 1) {
    if (typeof list[index] === 'string') continue;
    throw new MetricInputError(
      'invalid-caption',
      `${name}[${index}] is ${nameValue(list[index])}; captions are strings, and an empty caption ` +
        'is "".',
    );
  }
}

/** A list of captions for each image. */
export function assertReferenceLists(references: unknown): void {
  const wanted = 'a list with one list of strings per image';
  if (!Array.isArray(references)) throw invalidInput('references', references, wanted);
  const lists: readonly unknown[] = references;
  for (let index = 0; index < lists.length; index += 1) {
    assertCaptions(`references[${index}]`, lists[index]);
  }
}

/** Options, resources and the like; a list is none. */
export function assertObject(name: string, value: unknown, wanted: string): void {
  if (!isRecord(value) || Array.isArray(value)) throw invalidInput(name, value, wanted);
}

export function assertContext(context: unknown): void {
  if (context === undefined || context === 'next-caption' || context === 'none') return;
  throw invalidInput('context', context, '"next-caption" or "none"');
}
