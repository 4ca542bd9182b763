/** The decoders that a sweep has, and options that none of them reads. */
import { DECODER_KINDS } from './model/model-spec.js';
import { readersOf } from './model/option-readers.js';
import { listWords } from './list-words.js';
import { showValue, type SpecIssue } from './spec-issue.js';
import type { Assignment, SweepSpec } from './sweep-spec.js';

const DECODER = 'model.decoder';

/** Values of `model.decoder` in some cell, also those that are no decoder. */
export function decodersInPlay(spec: SweepSpec): unknown[] {
  const varied = [spec.grid, ...spec.zip].flatMap((factors) => factors[DECODER] ?? []);
  const fixed = spec.base.model?.['decoder'] ?? DECODER_KINDS[0];
  const ruled = spec.when.flatMap(({ set, grid }) => [
    ...(set?.[DECODER] === undefined ? [] : [set[DECODER]]),
    ...(grid?.[DECODER] ?? []),
  ]);
  return [...new Set([...(varied.length > 0 ? varied : [fixed]), ...ruled])];
}

/** Options of decoders that no cell has: nothing would ever read them. */
export function findForeignOptions(spec: SweepSpec): SpecIssue[] {
  const inPlay = decodersInPlay(spec);
  // What is wrong with such a name is told at its own place.
  if (!inPlay.every(isDecoder)) return [];
  return givenOptions(spec).flatMap(({ at, path, value, condition }) => {
    const own = condition[DECODER];
    if (path === DECODER || (own !== undefined && !isDecoder(own))) return [];
    const decoders = own === undefined ? inPlay : [own];
    const readers: readonly unknown[] = readersOf(path);
    if (readers.length === 0 || decoders.some((decoder) => readers.includes(decoder))) return [];
    const here = listWords(decoders.map(String));
    const message = `${path} is an option of ${listWords(readers.map(String))}; ${here} ${decoders.length === 1 ? 'does' : 'do'} not read it, so remove it`;
    return [{ path: at, value: showValue(value), message }];
  });
}

function isDecoder(value: unknown): boolean {
  return DECODER_KINDS.some((kind) => kind === value);
}

type GivenOption = {
  /** Its place in the spec. */
  at: string;
  /** As a factor, e.g. `model.attention.kind`. */
  path: string;
  value: unknown;
  /** Values of the cells that the place is about. */
  condition: Assignment;
};

function givenOptions(spec: SweepSpec): GivenOption[] {
  const named = (at: string, options: object, condition: Assignment = {}): GivenOption[] =>
    Object.entries(options).map(([path, value]) => ({
      at: `${at}.${path}`,
      path,
      value,
      condition,
    }));
  return [
    ...leaves(spec.base.model, 'model').map((leaf) => ({
      ...leaf,
      at: `base.${leaf.path}`,
      condition: {},
    })),
    ...named('grid', spec.grid),
    ...spec.zip.flatMap((group, index) => named(`zip.${index}`, group)),
    ...spec.when.flatMap((rule, index) => [
      ...named(`when.${index}.if`, rule.if, rule.if),
      ...named(`when.${index}.set`, rule.set ?? {}, { ...rule.if, ...rule.set }),
      ...named(`when.${index}.grid`, rule.grid ?? {}, { ...rule.if, ...rule.set }),
    ]),
    ...spec.exclude.flatMap((rule, index) => named(`exclude.${index}`, rule, rule)),
  ];
}

function leaves(value: unknown, path: string): { path: string; value: unknown }[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ path, value }];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, `${path}.${key}`));
}
