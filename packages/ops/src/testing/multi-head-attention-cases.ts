/** Multi-head attention against plain loops. */
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  attendPrepared,
  multiHeadAttention,
  multiHeadAttentionComposed,
  prepareHeads,
  type MultiHeadAttended,
  type MultiHeadAttentionAttrs,
  type MultiHeadAttentionTensors,
} from '../multi-head-attention.js';
import {
  at,
  bool,
  float,
  indices,
  softmaxOver,
  total,
  type OpCase,
  type TensorOf,
  type ValuesOf,
} from './op-case.js';

const [BATCH, HEADS, WIDTH, MODEL] = [2, 3, 2, 6];
const SCALE = 1 / Math.sqrt(WIDTH);

type Visible = (b: number, query: number, key: number) => boolean;

export const crossAttentionCase = plainCase('queries and keys of different counts', 3, 4, false);
export const oneQueryCase = plainCase('one query', 1, 4, false);
/** Keys and values laid out beforehand, as a recurrent decoder has them. */
export const preparedCase: OpCase = {
  ...oneQueryCase,
  name: 'one query of keys laid out beforehand',
  op: (t) => {
    const [keys, values] = [prepareHeads(t('keys'), HEADS), prepareHeads(t('values'), HEADS)];
    const attrs = { heads: HEADS, scale: SCALE };
    return listed(attendPrepared({ query: t('query'), keys, values }, attrs));
  },
};
export const causalAttentionCase = plainCase('each query sees the keys up to its own', 4, 4, true);

export const maskedAttentionCase = maskedCase(
  'a mask leaves out some keys, and all of the last row',
  3,
  false,
  [
    [1, 0, 1, 1],
    [0, 0, 0, 0],
  ],
);
export const maskedOneQueryCase = maskedCase(
  'one query and a mask that leaves out all of the last row',
  1,
  false,
  [
    [1, 0, 1, 1],
    [0, 0, 0, 0],
  ],
);
export const maskedCausalAttentionCase = maskedCase(
  'a mask and causal order: the first query of the last row sees nothing',
  4,
  true,
  [
    [1, 0, 1, 1],
    [0, 1, 1, 0],
  ],
);

/** Values of a mask of another size than 0 and 1 / (1 - p), so that none hides a mistake. */
export const droppedAttentionCase: OpCase = {
  name: 'dropout of the weights in causal order',
  inputs: { ...inputsOf(4, 4), dropout: float([BATCH, HEADS, 4, 4], 4) },
  op: (t) =>
    listed(
      multiHeadAttention(
        { query: t('query'), keys: t('keys'), values: t('values'), dropout: t('dropout') },
        { heads: HEADS, scale: SCALE, isCausal: true },
      ),
    ),
  reference: (v) => attended(v, 4, 4, (_b, q, k) => k <= q, v('dropout')),
  differentiable: 1,
};

function inputsOf(queries: number, keys: number): OpCase['inputs'] {
  return {
    query: float([BATCH, queries, MODEL], 1, 2),
    keys: float([BATCH, keys, MODEL], 2),
    values: float([BATCH, keys, MODEL], 3),
  };
}

function plainCase(name: string, queries: number, keys: number, isCausal: boolean): OpCase {
  const attrs = { heads: HEADS, scale: SCALE, isCausal };
  return {
    name,
    inputs: inputsOf(queries, keys),
    ...forms(attrs, false),
    reference: (v) => attended(v, queries, keys, (_b, q, k) => !isCausal || k <= q),
    differentiable: 1,
  };
}

function maskedCase(
  name: string,
  queries: number,
  isCausal: boolean,
  rows: readonly (readonly number[])[],
): OpCase {
  const keys = rows[0]?.length ?? 0;
  const mask = bool(rows);
  return {
    name,
    inputs: { ...inputsOf(queries, keys), mask },
    ...forms({ heads: HEADS, scale: SCALE, isCausal }, true),
    reference: (v) =>
      attended(
        v,
        queries,
        keys,
        (b, q, k) => at(mask.values, b * keys + k) === 1 && (!isCausal || k <= q),
      ),
    differentiable: 1,
  };
}

function forms(attrs: MultiHeadAttentionAttrs, isMasked: boolean): Pick<OpCase, 'op' | 'composed'> {
  const tensorsOf = (t: TensorOf): MultiHeadAttentionTensors => {
    const plain = { query: t('query'), keys: t('keys'), values: t('values') };
    return isMasked ? { ...plain, mask: t('mask') } : plain;
  };
  return {
    op: (t) => listed(multiHeadAttention(tensorsOf(t), attrs)),
    composed: (t) => listed(multiHeadAttentionComposed(tensorsOf(t), attrs)),
  };
}

function listed({ context, alpha }: MultiHeadAttended): Tensor[] {
  return [context, alpha];
}

function attended(
  v: ValuesOf,
  queries: number,
  count: number,
  isVisible: Visible,
  dropout: readonly number[] | null = null,
): number[][] {
  const [query, keys, values] = [v('query'), v('keys'), v('values')];
  const alpha: number[] = [];
  const context = indices(BATCH * queries * MODEL).fill(0);
  for (const b of indices(BATCH)) {
    for (const head of indices(HEADS)) {
      for (const q of indices(queries)) {
        const start = (b * queries + q) * MODEL + head * WIDTH;
        const scores = indices(count).map((k) =>
          total(
            indices(WIDTH).map(
              (d) =>
                SCALE * at(query, start + d) * at(keys, (b * count + k) * MODEL + head * WIDTH + d),
            ),
          ),
        );
        const weights = softmaxOver(
          scores,
          indices(count).map((k) => isVisible(b, q, k)),
        );
        const first = alpha.length;
        alpha.push(...weights);
        const kept = weights.map((w, k) => (dropout === null ? w : w * at(dropout, first + k)));
        for (const d of indices(WIDTH)) {
          context[start + d] = total(
            kept.map((w, k) => w * at(values, (b * count + k) * MODEL + head * WIDTH + d)),
          );
        }
      }
    }
  }
  return [context, alpha];
}
