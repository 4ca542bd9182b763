/** The options that a sweep spec names, each with its place. */
import type { Assignment, SweepSpec } from './sweep-spec.js';

export type GivenOption = {
  /** Its place in the spec. */
  at: string;
  /** As a factor, e.g. `model.attention.kind`. */
  path: string;
  value: unknown;
  /** Values of the cells that the place is about. */
  condition: Assignment;
  /** False of a rule's condition: it only asks for the value. */
  isSet: boolean;
};

/** In the order of the document. */
export function givenOptions(spec: SweepSpec): GivenOption[] {
  const named = (
    at: string,
    options: object,
    condition: Assignment = {},
    isSet = true,
  ): GivenOption[] =>
    Object.entries(options).map(([path, value]) => ({
      at: `${at}.${path}`,
      path,
      value,
      condition,
      isSet,
    }));
  const base = Object.entries(spec.base).flatMap(([part, options]) => leaves(options, part));
  return [
    ...base.map((leaf) => ({ ...leaf, at: `base.${leaf.path}`, condition: {}, isSet: true })),
    ...named('grid', spec.grid),
    ...spec.zip.flatMap((group, index) => named(`zip.${index}`, group)),
    ...spec.when.flatMap((rule, index) => [
      ...named(`when.${index}.if`, rule.if, rule.if, false),
      ...named(`when.${index}.set`, rule.set ?? {}, { ...rule.if, ...rule.set }),
      ...named(`when.${index}.grid`, rule.grid ?? {}, { ...rule.if, ...rule.set }),
    ]),
    ...spec.exclude.flatMap((rule, index) => named(`exclude.${index}`, rule, rule, false)),
  ];
}

function leaves(value: unknown, path: string): { path: string; value: unknown }[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ path, value }];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, `${path}.${key}`));
}
