/** Attentional RNN (Bazzani et al. 2018; Luong et al. 2015 input feeding). */
import { z } from 'zod';
import { imageOptions } from './image-options.js';
import { outputOptions, refuseUnequalTie } from './output-options.js';

/** Bazzani et al. 2018, section 3.2, and the further kinds of its code: how the decoder looks at regions. */
const ATTENTION_KINDS = [
  'none',
  'dot',
  'bilinear',
  'mlp',
  'multihead',
  'location',
  'coverage',
] as const;

const CELL_KINDS = ['lstm', 'gru', 'layer-norm-lstm', 'layer-norm-gru'] as const;

/** Share of the numbers that are left out. */
const Dropout = z.number().min(0).lt(1).default(0);

const ArnnAttentionSpec = z.strictObject({
  kind: z.enum(ATTENTION_KINDS).default('mlp'),
  /** Heads of `multihead`; must divide `hidden`. Ignored by the other kinds. */
  heads: z.int().min(1).max(64).default(8),
  /** Width inside the scores of `mlp` and `coverage`; null: `hidden`. Ignored by the other kinds. */
  hidden: z.int().min(8).max(4096).nullable().default(null),
  /**
   * The joined heads of `multihead` go through one more matrix. Sockeye has that matrix and never applies
   * it. Ignored by the other kinds.
   */
  outputProjection: z.boolean().default(false),
  /** Divide the scores of `dot` by sqrt(hidden). Ignored by the other kinds. */
  isScaled: z.boolean().default(false),
  /** The previous word's embedding (and what is concatenated to it) is part of the query. */
  usePreviousWord: z.boolean().default(false),
  /** How `coverage` brings its memory of each region up to date. Ignored by the other kinds. */
  coverage: z.enum(['count', 'gru', 'tanh']).default('count'),
  /** Numbers that `gru` and `tanh` coverage keep for each region; `count` keeps one. */
  coverageWidth: z.int().min(1).max(512).default(1),
});

export const ArnnSpec = z
  .strictObject({
    decoder: z.literal('arnn'),
    /** Width of the recurrent state and the attentional vector. */
    hidden: z.int().min(8).max(4096).default(512),
    /** Width of the projected regions and the global descriptor; null: `hidden`. */
    imageHidden: z.int().min(8).max(4096).nullable().default(null),
    /** Width of the word embedding. */
    embed: z.int().min(8).max(4096).default(512),
    cell: z.enum(CELL_KINDS).default('lstm'),
    /** Start value of the forget gates' bias; a GRU has none. */
    forgetBias: z.number().min(-10).max(10).default(0),
    /**
     * Start of the matrices from a state to its gates: `orthogonal` one matrix [hidden, gates * hidden] of
     * orthogonal rows, times 1.414; `orthogonal-stacked` an identity for each gate. Not read with `init:
     * uniform`.
     */
    recurrentInit: z.enum(['orthogonal', 'orthogonal-stacked']).default('orthogonal'),
    layers: z.int().min(1).max(8).default(1),
    /** From the second layer on, a layer's output is that of its cell plus its input. */
    residual: z.boolean().default(false),
    /** State before the first word: zero, or from v_g (without one: the last region) or the mean region. */
    initialState: z.enum(['zero', 'last', 'mean']).default('zero'),
    /** The attentional vector of the previous word is part of the first layer's input. */
    inputFeeding: z.boolean().default(true),
    attention: ArnnAttentionSpec.prefault({}),
    /** Attend after the first layer and give the context to every layer above. */
    attentionInUpperLayers: z.boolean().default(false),
    /** A gate weighs state and context against each other in the attentional vector. */
    contextGate: z.boolean().default(false),
    /** Layer normalisation of mlp and coverage scores, initial state and attentional vector. */
    layerNorm: z.boolean().default(false),
    ...imageOptions,
    /** Concatenate the global descriptor (without one: the last region) to each word. */
    concatGlobal: z.boolean().default(true),
    ...outputOptions,
    /** Dropout on the embeddings of the previous words. */
    embeddingDropout: Dropout,
    /** Dropout on [h; context] before the attentional vector. */
    dropout: Dropout,
    /** Dropout on the whole input of each layer's cell, one mask for all words of a caption. */
    inputDropout: Dropout,
    /** Dropout on the state h that each cell reads, one mask for all words of a caption. */
    stateDropout: Dropout,
    /** Dropout on the candidate g of each LSTM cell, a new mask at each word. */
    recurrentDropout: Dropout,
  })
  .superRefine((spec, context) => {
    refuseUnequalTie(spec, context);
    for (const { path, input, message } of contradictions(spec)) {
      context.addIssue({ code: 'custom', path: [...path], input, message });
    }
  });
export type ArnnSpec = z.infer<typeof ArnnSpec>;

type Contradiction = {
  readonly path: readonly string[];
  readonly input: unknown;
  readonly message: string;
};

/** Options that are set and could do nothing, or that exclude each other. */
function* contradictions(
  spec: Pick<
    ArnnSpec,
    | 'attention'
    | 'attentionInUpperLayers'
    | 'cell'
    | 'forgetBias'
    | 'hidden'
    | 'layers'
    | 'recurrentDropout'
  >,
): Generator<Contradiction> {
  const { attention, hidden, cell, forgetBias, layers } = spec;
  if (attention.kind === 'multihead' && hidden % attention.heads !== 0) {
    const message = `model.hidden (${hidden}) must be a multiple of model.attention.heads (${attention.heads})`;
    yield { path: ['attention', 'heads'], input: attention.heads, message };
  }
  if (attention.kind === 'none' && attention.usePreviousWord) {
    const message = 'attention "none" asks no query; choose another kind or leave this false';
    yield { path: ['attention', 'usePreviousWord'], input: true, message };
  }
  const isGru = cell === 'gru' || cell === 'layer-norm-gru';
  if (isGru && forgetBias !== 0) {
    const message = 'a GRU has no forget gate; leave this 0 or choose another model.cell';
    yield { path: ['forgetBias'], input: forgetBias, message };
  }
  if (isGru && spec.recurrentDropout !== 0) {
    const message = 'only the cells of an LSTM have it; leave this 0 or choose another model.cell';
    yield { path: ['recurrentDropout'], input: spec.recurrentDropout, message };
  }
  if (layers === 1 && spec.attentionInUpperLayers) {
    const message = 'one layer has none above it; raise model.layers to 2 or leave this false';
    yield { path: ['attentionInUpperLayers'], input: true, message };
  }
}
