/** Which decoders have an option, however deep it lies in their specs. */
import { z } from 'zod';
import { DECODER_KINDS, FAMILIES, kindOf, type DecoderKind } from './families.js';

type Schema = z.core.JSONSchema.BaseSchema;

/** `path` as in a sweep, e.g. `model.attention.heads`; none where no decoder has it. */
export function readersOf(path: string): DecoderKind[] {
  return DECODER_KINDS.filter((kind) => optionsByDecoder().get(kind)?.has(path) === true);
}

let known: ReadonlyMap<DecoderKind, ReadonlySet<string>> | null = null;

/** Made when it is first asked for. */
function optionsByDecoder(): ReadonlyMap<DecoderKind, ReadonlySet<string>> {
  known ??= new Map(
    FAMILIES.map((family) => [
      kindOf(family),
      pathsOf(z.toJSONSchema(family, { io: 'output' }), 'model'),
    ]),
  );
  return known;
}

function pathsOf(schema: Schema, path: string): Set<string> {
  const members = [schema, ...alternatives(schema)].flatMap((one) =>
    Object.entries(one.properties ?? {}),
  );
  return new Set([
    path,
    ...members.flatMap(([name, child]) =>
      typeof child === 'object' ? [...pathsOf(child, `${path}.${name}`)] : [],
    ),
  ]);
}

function alternatives({ anyOf = [], oneOf = [] }: Schema): Schema[] {
  return [...anyOf, ...oneOf].filter((one) => typeof one === 'object');
}
