/** Captions as CIDEr-D compares them: each caption's different n-grams, by order, and their norms. */
import type { CaptionRun } from './caption-ids.js';
import { MAX_ORDER } from './ngrams.js';

export interface NgramVectors {
  /** Caption c has the n-grams of order n + 1 from `first[4 c + n]` up to `first[4 c + n + 1]`. */
  readonly first: Int32Array; // [4 * captions + 1]
  /** Each different n-gram of a caption once. */
  readonly ids: Int32Array; // [n-grams]
  /** How often the caption has it. */
  readonly times: Int32Array; // [n-grams]
  /** Words per caption. */
  readonly lengths: Int32Array; // [captions]
  /** 1 / length of the tf-idf vector, by caption and order; 0 for a vector of zeros. */
  readonly inverseNorms: Float64Array; // [4 * captions]
}

/**
 * @param ids as `numberNgrams` makes them
 * @param squaredIdf the square of an n-gram's idf
 * @param scratch zeros for all ids, and zeros again afterwards
 */
export function ngramVectors(
  { firstWord }: CaptionRun,
  ids: Int32Array,
  squaredIdf: (id: number) => number,
  scratch: Int32Array,
): NgramVectors {
  const captions = firstWord.length - 1;
  const first = new Int32Array(MAX_ORDER * captions + 1);
  const different = new Int32Array(ids.length);
  const times = new Int32Array(ids.length);
  const lengths = new Int32Array(captions);
  const inverseNorms = new Float64Array(MAX_ORDER * captions);
  let end = 0;
  for (let caption = 0; caption < captions; caption += 1) {
    const from = MAX_ORDER * (firstWord[caption] ?? 0);
    const to = MAX_ORDER * (firstWord[caption + 1] ?? 0);
    lengths[caption] = (to - from) / MAX_ORDER;
    for (let n = 0; n < MAX_ORDER; n += 1) {
      const start = end;
      for (let at = from + n; at < to; at += MAX_ORDER) {
        const id = ids[at] ?? -1;
        if (id < 0) break; // no n-gram of this order starts further on
        const before = scratch[id] ?? 0;
        scratch[id] = before + 1;
        if (before > 0) continue;
        different[end] = id;
        end += 1;
      }
      let square = 0;
      for (let at = start; at < end; at += 1) {
        const id = different[at] ?? 0;
        const count = scratch[id] ?? 0;
        scratch[id] = 0;
        times[at] = count;
        square += count * count * squaredIdf(id);
      }
      inverseNorms[MAX_ORDER * caption + n] = square > 0 ? 1 / Math.sqrt(square) : 0;
      first[MAX_ORDER * caption + n + 1] = end;
    }
  }
  return {
    first,
    ids: different.slice(0, end),
    times: times.slice(0, end),
    lengths,
    inverseNorms,
  };
}
