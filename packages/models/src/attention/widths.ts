/** How wide the vectors are that attention gets from the decoder and gives to it. */
import type { ArnnSpec, SatSpec } from '@capgrid/contracts';

export interface ScoreWidths {
  readonly region: number;
  readonly query: number;
  /** Inside the score: what region and query are brought to. */
  readonly score: number;
}

/** Only additive scores have a width of their own. */
export function scoreWidths(spec: ArnnSpec): ScoreWidths {
  const { kind, hidden } = spec.attention;
  const isAdditive = kind === 'mlp' || kind === 'coverage';
  const score = (isAdditive ? hidden : null) ?? spec.hidden;
  return { region: regionWidth(spec), query: queryWidth(spec), score };
}

/** Of a projected region and of the global descriptor. */
export function regionWidth({
  hidden,
  imageHidden,
}: Pick<ArnnSpec | SatSpec, 'hidden' | 'imageHidden'>): number {
  return imageHidden ?? hidden;
}

/** The top state, before it the previous word and what is concatenated to it where that is asked for. */
function queryWidth(spec: ArnnSpec): number {
  const { attention, hidden, embed, concatGlobal } = spec;
  const word = embed + (concatGlobal ? regionWidth(spec) : 0);
  return hidden + (attention.usePreviousWord ? word : 0);
}

/** Several heads project what they look at to the width of the state, the other kinds do not. */
export function contextWidth(spec: ArnnSpec): number {
  return spec.attention.kind === 'multihead' ? spec.hidden : regionWidth(spec);
}
