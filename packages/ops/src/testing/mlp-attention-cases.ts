/** Additive attention against plain loops. */
import { add, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { MlpAttentionSequence } from '../mlp-attention-sequence.js';
import {
  mlpAttention,
  mlpAttentionComposed,
  type MlpAttended,
  type MlpAttentionTensors,
} from '../mlp-attention.js';
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

const [BATCH, REGIONS, WIDTH, CHANNELS] = [3, 4, 5, 6];

const inputs = {
  keys: float([BATCH, REGIONS, WIDTH], 1),
  query: float([BATCH, WIDTH], 2),
  score: float([WIDTH], 3, 2),
  values: float([BATCH, REGIONS, CHANNELS], 4),
};

export const mlpAttentionCase: OpCase = {
  name: 'all regions take part',
  inputs,
  op: (t) => listed(mlpAttention(plain(t))),
  composed: (t) => listed(mlpAttentionComposed(plain(t))),
  reference: (v) => attended(v, indices(BATCH * REGIONS).fill(1)),
  differentiable: 2,
};

export const maskedMlpAttentionCase: OpCase = {
  name: 'a mask leaves out some regions, and all of the last row',
  inputs: {
    ...inputs,
    mask: bool([
      [1, 0, 1, 1],
      [0, 1, 0, 0],
      [0, 0, 0, 0],
    ]),
  },
  op: (t) => listed(mlpAttention({ ...plain(t), mask: t('mask') })),
  composed: (t) => listed(mlpAttentionComposed({ ...plain(t), mask: t('mask') })),
  reference: (v) => attended(v, v('mask')),
  differentiable: 2,
};

function plain(t: TensorOf): MlpAttentionTensors {
  return { keys: t('keys'), query: t('query'), score: t('score'), values: t('values') };
}

function listed({ context, alpha }: MlpAttended): Tensor[] {
  return [context, alpha];
}

function attended(v: ValuesOf, mask: readonly number[]): number[][] {
  const [keys, query, score, values] = [v('keys'), v('query'), v('score'), v('values')];
  const alpha = indices(BATCH).flatMap((b) =>
    softmaxOver(
      indices(REGIONS).map((k) =>
        total(
          score.map((w, d) => {
            const key = at(keys, (b * REGIONS + k) * WIDTH + d);
            return w * Math.tanh(key + at(query, b * WIDTH + d));
          }),
        ),
      ),
      indices(REGIONS).map((k) => at(mask, b * REGIONS + k) === 1),
    ),
  );
  const channels = values.length / (BATCH * REGIONS);
  const context = indices(BATCH * channels).map((i) => {
    const [b, channel] = [Math.floor(i / channels), i % channels];
    return total(
      indices(REGIONS).map((k) => {
        const region = b * REGIONS + k;
        return at(alpha, region) * at(values, region * channels + channel);
      }),
    );
  });
  return [context, alpha];
}

/** Three queries of the same keys, each dependent on the context before, as a decoder asks them. */
export const sequenceCase: OpCase = {
  name: 'a sequence of queries, and a mask',
  inputs: {
    keys: inputs.keys,
    query: inputs.query,
    score: inputs.score,
    // As wide as the query, so that a context can be added to it.
    values: float([BATCH, REGIONS, WIDTH], 4),
    mask: bool([
      [1, 0, 1, 1],
      [0, 1, 0, 0],
      [1, 1, 1, 1],
    ]),
  },
  op: (t) => {
    const shared = { keys: t('keys'), score: t('score'), values: t('values'), mask: t('mask') };
    const sequence = new MlpAttentionSequence(shared);
    let query = t('query');
    for (let step = 0; step < 3; step += 1) query = add(query, sequence.attend(query).context);
    return [query];
  },
  reference: (v) => {
    let query = [...v('query')];
    for (let step = 0; step < 3; step += 1) {
      const [context = []] = attended((name) => (name === 'query' ? query : v(name)), v('mask'));
      query = query.map((value, i) => value + at(context, i));
    }
    return [query];
  },
  differentiable: 1,
};

/** Queries that need no gradient: what they add to that of keys, score and values counts all the same. */
export const constantQueriesCase: OpCase = {
  name: 'a sequence of queries that are constants, the first one outside of the loss',
  inputs: { keys: inputs.keys, score: inputs.score, values: inputs.values },
  op: (t) => {
    const shared = { keys: t('keys'), score: t('score'), values: t('values') };
    const sequence = new MlpAttentionSequence(shared);
    sequence.attend(constantQuery(1));
    return [2, 3].map((seed) => sequence.attend(constantQuery(seed)).context);
  },
  reference: (v) =>
    [2, 3].map((seed) => {
      const query = float([BATCH, WIDTH], seed).values;
      const everywhere = Array.from({ length: BATCH * REGIONS }, () => 1);
      const [context = []] = attended((name) => (name === 'query' ? query : v(name)), everywhere);
      return context;
    }),
  differentiable: 2,
};

function constantQuery(seed: number): Tensor {
  return tensor([...float([BATCH, WIDTH], seed).values], [BATCH, WIDTH]);
}
