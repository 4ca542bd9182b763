/** The decoder of a captioning model and its options: one shape for each family. */
import { z } from 'zod';
import { AdaptiveSpec } from './adaptive.js';
import { ArnnSpec } from './arnn.js';
import { FcnSpec } from './fcn.js';
import { NicSpec } from './nic.js';
import { RetrievalSpec } from './retrieval.js';
import { SatSpec } from './sat.js';
import { ShowAttendTellSpec } from './show-attend-tell.js';
import { TanhRnnSpec } from './tanh-rnn.js';
import { UpDownSpec } from './up-down.js';

/** Every decoder family; the first is the default. */
const FAMILIES = [
  ArnnSpec,
  SatSpec,
  FcnSpec,
  NicSpec,
  TanhRnnSpec,
  ShowAttendTellSpec,
  AdaptiveSpec,
  UpDownSpec,
  RetrievalSpec,
] as const;

/** Options that belong to other families than the chosen one say nothing, and are left out. */
export const ModelSpec = z
  .preprocess(withoutForeignOptions, z.discriminatedUnion('decoder', FAMILIES))
  .meta({ id: 'ModelSpec' });
export type ModelSpec = z.infer<typeof ModelSpec>;

export type DecoderKind = ModelSpec['decoder'];
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

export const DECODER_KINDS: readonly DecoderKind[] = FAMILIES.map(kindOf);

/** Families that have an option of this name (the first key below `model`). */
export function decodersWith(option: string): DecoderKind[] {
  return FAMILIES.filter(({ shape }) => Object.hasOwn(shape, option)).map(kindOf);
}

function withoutForeignOptions(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  const options: Record<string, unknown> = { decoder: kindOf(FAMILIES[0]), ...given };
  const family = FAMILIES.find((one) => kindOf(one) === options['decoder']);
  if (family === undefined) return options;
  return Object.fromEntries(
    Object.entries(options).filter(
      ([name]) => Object.hasOwn(family.shape, name) || decodersWith(name).length === 0,
    ),
  );
}

function kindOf(family: (typeof FAMILIES)[number]): DecoderKind {
  return family.shape.decoder.value;
}
