/** The spec of each decoder family. */
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
export const FAMILIES = [
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

type Family = (typeof FAMILIES)[number];

export type DecoderKind = Family['shape']['decoder']['value'];

export const DECODER_KINDS: readonly DecoderKind[] = FAMILIES.map(kindOf);

export function kindOf(family: Family): DecoderKind {
  return family.shape.decoder.value;
}
