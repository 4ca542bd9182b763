/** How wide the query is that the decoder asks with at each word. */
import type { ArnnSpec } from '@capgrid/contracts';

/** The top state, before it the previous word and what is concatenated to it where that is asked for. */
export function queryWidth({ attention, hidden, embed, concatGlobal }: ArnnSpec): number {
  const word = embed + (concatGlobal ? hidden : 0);
  return hidden + (attention.usePreviousWord ? word : 0);
}
