/** A few values of each option that stand for all: whether one is read shows in what they change. */
import { z } from 'zod';
import { TrialSpec } from './trial-spec.js';
import { userPath } from './assemble-trial.js';

type Schema = z.core.JSONSchema.BaseSchema;

const DEFINITION = '#/$defs/';

/**
 * At least two, the same whichever the decoder. None where the value chooses the other options
 * (`model.decoder`), and of what is no single value.
 * @param path as in a sweep, e.g. `model.attention.heads`
 */
export function sampleValues(path: string): readonly unknown[] {
  return valuesByOption().get(path) ?? [];
}

let known: ReadonlyMap<string, readonly unknown[]> | null = null;

/** Made when it is first asked for. */
function valuesByOption(): ReadonlyMap<string, readonly unknown[]> {
  known ??= collect();
  return known;
}

function collect(): Map<string, unknown[]> {
  const root = z.toJSONSchema(TrialSpec, { io: 'output' });
  const found = new Map<string, Set<unknown>>();
  const chosen = new Set<string>();
  const visit = (given: Schema, keys: readonly string[]): void => {
    const schema = definitionOf(root, given);
    const path = userPath(keys);
    const values = found.get(path) ?? new Set();
    found.set(path, values);
    if ('const' in schema) chosen.add(path);
    for (const value of valuesOf(schema)) values.add(value);
    for (const child of alternatives(schema)) visit(child, keys);
    for (const [name, child] of Object.entries(schema.properties ?? {})) {
      if (typeof child === 'object') visit(child, [...keys, name]);
    }
  };
  visit(root, []);
  return new Map(
    [...found].flatMap(([path, values]) =>
      chosen.has(path) || values.size < 2 ? [] : [[path, [...values]]],
    ),
  );
}

function definitionOf(root: Schema, schema: Schema): Schema {
  const { $ref } = schema;
  if ($ref === undefined) return schema;
  const name = $ref.startsWith(DEFINITION) ? $ref.slice(DEFINITION.length) : '';
  const definition = root.$defs?.[name];
  if (definition === undefined) throw new Error(`the schema of a trial has no ${$ref}`);
  return definitionOf(root, definition);
}

function valuesOf(schema: Schema): unknown[] {
  const given = schema.default === undefined ? [] : [schema.default];
  switch (schema.type) {
    case 'boolean':
      return [...given, false, true];
    case 'null':
      return [...given, null];
    case 'integer':
    case 'number': {
      const first = typeof schema.default === 'number' ? schema.default : 1;
      // Large ones may count as a bound among the other options; the least counts as itself.
      const least = typeof schema.minimum === 'number' ? [schema.minimum] : [];
      return [first, first + 1, ...least];
    }
    case 'string':
      return [...given, ...(schema.enum ?? ['a', 'b'])];
    default:
      return given;
  }
}

function alternatives({ anyOf = [], oneOf = [] }: Schema): Schema[] {
  return [...anyOf, ...oneOf].filter((one) => typeof one === 'object');
}
