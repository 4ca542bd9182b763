/** The attentional RNN in plain numbers; tests say what is different in theirs. */
import { plainLogits, plainLstm } from './expect-equations.js';
import type { PlainLstm, PlainModel, PlainStep } from './expect-equations.js';
import {
  dot,
  parts,
  plus,
  product,
  sigmoid,
  softmax,
  tanh,
  times,
  zeros,
} from './plain-numbers.js';
import type { Matrix, Vector } from './plain-numbers.js';

export const HIDDEN = 8;

/** A tiny one; `options` of `model`. */
export function arnn(options: object): Readonly<Record<string, unknown>> {
  return { decoder: 'arnn', hidden: HIDDEN, embed: 10, ...options };
}

/** `word`: its embedding, with what stands beside it. */
export type Look = (h: Vector, word: Vector) => { context: Vector; alpha: Vector };

export interface PlainArnn {
  readonly look: Look;
  /** What stands beside each word; nothing if absent. */
  readonly global?: Vector;
  /** Whether hbar of the word before is an input; true if absent. */
  readonly isFed?: boolean;
  /** Zero if absent. */
  readonly start?: PlainLstm;
  /** The embedding of word `t` as it is read. */
  readonly embedded?: (e: Vector, t: number) => Vector;
  readonly cell?: (x: Vector, before: PlainLstm, t: number) => PlainLstm;
  /** What tanh is applied to; W [h; c] + b if absent. */
  readonly mixed?: (joined: Vector, t: number) => Vector;
  readonly logits?: (hbar: Vector) => Vector;
}

/** Bazzani et al. 2018, section 3.1: x_t = [e; v_g; hbar_{t-1}], hbar_t = tanh(W [h_t; c_t] + b). */
export function plainArnn(plain: PlainModel, model: PlainArnn): PlainStep[] {
  const {
    look,
    global = [],
    isFed = true,
    start = { h: zeros(HIDDEN), c: zeros(HIDDEN) },
    embedded = (e) => e,
    cell = (x, before) => plainLstm(plain, 'lstm', x, before),
    mixed = (joined) => plainMixed(plain, joined),
    logits = (x) => plainLogits(plain, x),
  } = model;
  let hbar = zeros(HIDDEN);
  let state = start;
  return plain.words.map((e, t) => {
    const word = [...embedded(e, t), ...global];
    state = cell([...word, ...(isFed ? hbar : [])], state, t);
    const { context, alpha } = look(state.h, word);
    hbar = tanh(mixed([...state.h, ...context], t));
    return { logits: logits(hbar), alpha };
  });
}

/** Gates r, z, n: n = tanh(W x + b + r (U h + b')), h = (1 - z) n + z h'. */
export function plainGru(input: Vector, recurrent: Vector, before: Vector): Vector {
  const [xr = [], xz = [], xn = []] = parts(input, 3);
  const [hr = [], hz = [], hn = []] = parts(recurrent, 3);
  const r = sigmoid(plus(xr, hr));
  const z = sigmoid(plus(xz, hz));
  const n = tanh(plus(xn, product(r, hn)));
  const keep = z.map((x) => 1 - x);
  return plus(product(keep, n), product(z, before));
}

/** W [h; c] + b */
export function plainMixed({ matrix, vector }: PlainModel, joined: Vector): Vector {
  return plus(times(joined, matrix('hidden.weight')), vector('hidden.bias'));
}

/** score_k = w · tanh(W_e v_k + W_q q); `before`: of tanh, of region k. */
export function plainMlp(
  { matrix }: PlainModel,
  v: Matrix,
  before: (sum: Vector, k: number) => Vector = (sum) => sum,
): Look {
  const w = matrix('attention.score').flat();
  return (query) => {
    const asked = times(query, matrix('attention.query'));
    const alpha = softmax(
      v.map((region, k) => {
        const sum = plus(times(region, matrix('attention.regions')), asked);
        return dot(w, tanh(before(sum, k)));
      }),
    );
    return { context: times(alpha, v), alpha };
  };
}
