/** The decoder of a captioning model and its options: one shape for each family. */
import { z } from 'zod';
import { DECODER_KINDS, FAMILIES, kindOf, type DecoderKind } from './families.js';
import { readersOf } from './option-readers.js';

export { DECODER_KINDS, type DecoderKind } from './families.js';

/** Options that belong to other families than the chosen one say nothing, and are left out. */
export const ModelSpec = z
  .preprocess(withoutForeignOptions, z.discriminatedUnion('decoder', FAMILIES))
  .meta({ id: 'ModelSpec' });
export type ModelSpec = z.infer<typeof ModelSpec>;

/** The spec of one family. */
export type ModelSpecOf<Kind extends DecoderKind> = Extract<ModelSpec, { decoder: Kind }>;

/** Decoders that learn weights: all but retrieval. */
export type NeuralSpec = Exclude<ModelSpec, { decoder: 'retrieval' }>;

/** The pretrained word vectors that the embedding starts from; null where it starts anew. */
export function vectorsOf(model: ModelSpec): { name: string; trainFrom: number | null } | null {
  if (model.decoder === 'retrieval') return null;
  const { name, trainFrom } = model.vectors;
  return name === null ? null : { name, trainFrom };
}

function withoutForeignOptions(given: unknown): unknown {
  if (!isOptions(given)) return given;
  const options: Record<string, unknown> = { decoder: kindOf(FAMILIES[0]), ...given };
  const kind = DECODER_KINDS.find((one) => one === options['decoder']);
  return kind === undefined ? options : optionsOf(kind, options, 'model');
}

function optionsOf(kind: DecoderKind, options: object, path: string): object {
  const own = Object.entries(options).filter(([name]) => {
    const readers = readersOf(`${path}.${name}`);
    return readers.length === 0 || readers.includes(kind);
  });
  return Object.fromEntries(
    own.map(([name, value]) => [
      name,
      isOptions(value) ? optionsOf(kind, value, `${path}.${name}`) : value,
    ]),
  );
}

function isOptions(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
