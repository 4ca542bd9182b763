/** How captions are decoded from trained weights. Changing it never needs another training. */
import { z } from 'zod';
import { Temperature } from './temperature.js';

export const SPLITS = ['train', 'val', 'test'] as const;
export const Split = z.enum(SPLITS).meta({ id: 'Split' });
export type Split = z.infer<typeof Split>;

export const DecodeSpec = z
  .strictObject({
    split: Split.default('test'),
    /** `greedy` is `beam` with a beam of 1; `sample` draws each word by chance. */
    method: z.enum(['beam', 'greedy', 'sample']).default('beam'),
    /** Beam size; 1 is greedy. */
    beam: z.int().min(1).max(100).default(5),
    /**
     * When scores are divided by the length. `per_step`: all hypotheses at every step (sockeye up
     * to 1.18.8). `on_finish`: once, when a hypothesis ends (sockeye from 1.18.9). `sum`: never.
     */
    norm: z.enum(['per_step', 'on_finish', 'sum']).default('per_step'),
    /** LP(n) = (beta + n)^alpha / (beta + 1)^alpha (Wu et al. 2016). */
    lengthPenalty: z
      .strictObject({
        alpha: z.number().min(0).max(10).default(1),
        beta: z.number().min(0).max(100).default(0),
      })
      .prefault({}),
    /** n of `on_finish`: `words+1` counts the end mark too (sockeye until July 2018). */
    divisor: z.enum(['words', 'words+1']).default('words'),
    /**
     * When the search for an image ends. `all`: the whole beam has ended. `first`: a hypothesis has
     * ended. `optimal`: none that still runs can beat the best that has ended (Huang et al. 2017).
     */
    stop: z.enum(['all', 'first', 'optimal']).default('all'),
    /** Drop hypotheses that score so much less than the best ended one; 0 keeps them. */
    prune: z.number().min(0).default(0),
    /** Captions kept per image at most, best first; with `sample` so many are drawn. */
    nBest: z.int().min(1).max(100).default(1),
    /**
     * Which of the `nBest` comes first: the one that captions of similar training images agree with
     * most (Mao et al. 2015, section 8, "nearest neighbor as reference").
     */
    rerank: z
      .strictObject({
        /** Training images whose captions are asked; 0 keeps the order of the search. */
        neighbours: z.int().min(0).max(1000).default(0),
        /** So many of their captions, those most like the candidate; null: all. */
        agreeing: z.int().min(1).nullable().default(null),
      })
      .prefault({}),
    /** The unknown word is never written. */
    blockUnknown: z.boolean().default(false),
    /** No sequence of so many words comes twice in a caption; 0 allows all. */
    noRepeatNgram: z.int().min(0).max(20).default(0),
    /** `sample`: scores are divided by it. */
    temperature: Temperature.default(1),
    /** `sample`: only the likeliest so many words; 0 for all. */
    topK: z.int().min(0).default(0),
    /** `sample`: only the likeliest words that have this probability together; 1 for all. */
    topP: z.number().gt(0).max(1).default(1),
    /**
     * `sample`: each image draws from its own generator, made of this seed and its place in the
     * split; the same image at another place, or in another split, gets other draws.
     */
    seed: z.int().min(0).default(1),
    /** Models that decode together: trainings of the same spec with the seeds s, s + 1, … */
    ensemble: z.int().min(1).max(32).default(1),
    /** `linear`: mean of the probabilities. `log_linear`: renormalised mean of their logarithms. */
    combine: z.enum(['linear', 'log_linear']).default('linear'),
    /**
     * Keep where the model looked at each word of the best captions, the mean over heads, layers
     * and ensemble. It changes no caption. Of a large split the first images that have 12 million
     * weights together: of 7 x 7 regions some 25 MB of the predictions file.
     */
    attention: z.boolean().default(false),
    /**
     * Steps at most, of which the end mark is one: a caption ends by itself with at most
     * `maxWords - 1` words, or is cut after `maxWords` (sockeye's maximum output length of 60 is
     * 59 here). A beam ranks what was cut by its score, but with `on_finish` what has ended wins,
     * however unlikely.
     */
    maxWords: z.int().min(1).max(200).default(30),
  })
  .meta({ id: 'DecodeSpec' });
export type DecodeSpec = z.infer<typeof DecodeSpec>;

const NO_RERANKING: DecodeSpec['rerank'] = { neighbours: 0, agreeing: null };
const SAMPLING_DEFAULTS = { temperature: 1, topK: 0, topP: 1, seed: 1 } as const;
const SEARCH_DEFAULTS = {
  beam: 5,
  norm: 'per_step',
  lengthPenalty: { alpha: 1, beta: 0 },
  divisor: 'words',
  stop: 'all',
  prune: 0,
} as const satisfies Partial<DecodeSpec>;

/** Options that the chosen method never reads take their default; what it writes stays the same. */
export function decodeAsRead(spec: DecodeSpec): DecodeSpec {
  const beam = spec.method === 'greedy' ? 1 : spec.beam;
  const nBest = spec.method === 'sample' ? spec.nBest : Math.min(spec.nBest, beam);
  const isReranked = nBest > 1 && spec.rerank.neighbours > 0;
  const given: DecodeSpec = {
    ...spec,
    nBest,
    rerank: isReranked ? spec.rerank : NO_RERANKING,
    combine: spec.ensemble === 1 ? 'linear' : spec.combine,
  };
  if (given.method === 'sample') return { ...given, ...SEARCH_DEFAULTS };
  // Of a single hypothesis nothing is chosen, so no rule of choice changes the caption. Norm and
  // penalty of a `beam` of 1 stay all the same: they are in the keys of trials of before `greedy`.
  const rules = given.method === 'greedy' ? SEARCH_DEFAULTS : given;
  const { stop, prune, divisor } = beam === 1 ? SEARCH_DEFAULTS : given;
  return {
    ...given,
    ...SAMPLING_DEFAULTS,
    method: 'beam',
    beam,
    norm: rules.norm,
    lengthPenalty: rules.norm === 'sum' ? SEARCH_DEFAULTS.lengthPenalty : rules.lengthPenalty,
    divisor: rules.norm === 'on_finish' ? divisor : SEARCH_DEFAULTS.divisor,
    stop,
    prune,
  };
}
