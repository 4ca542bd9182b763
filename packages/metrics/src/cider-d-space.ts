/**
 * CIDEr-D between captions that are ids, under the document frequencies of a corpus. The weights of
 * n-grams and the norms of captions are computed once, so that comparing two captions is one look at
 * each n-gram of the reference.
 */
import type { CaptionRun } from './caption-ids.js';
import { CIDER_SCALE, lengthPenalty } from './cider.js';
import { idfOf, imagesPerNgram } from './document-frequencies.js';
import { NgramTable } from './ngram-table.js';
import { ngramVectors, type NgramVectors } from './ngram-vectors.js';
import { MAX_ORDER, numberNgrams, type Ngrams } from './ngrams.js';

export class CiderDSpace {
  /** The captions that document frequencies were counted from. */
  readonly corpus: NgramVectors;
  private readonly table: NgramTable;
  private readonly squares: Float64Array; // [n-grams of the corpus], idf squared
  private readonly squareOfUnseen: number;
  /** n-grams that the corpus does not have, until the next `read`. */
  private readonly unseen: NgramTable;
  /** How often the candidate at hand has each n-gram; all are 0 again when it is done. */
  private counts: Int32Array;

  constructor({ captions, ids, count, table }: Ngrams) {
    const frequencies = imagesPerNgram({ captions, ids, count, table });
    this.squares = idfOf(frequencies, captions.images).map((idf) => idf ** 2);
    this.squareOfUnseen = Math.log(captions.images) ** 2;
    this.table = table;
    this.unseen = new NgramTable(count);
    this.counts = new Int32Array(count);
    this.corpus = this.vectors(captions, ids);
  }

  /** Vectors of other captions; they hold until the next call. */
  read(run: CaptionRun): NgramVectors {
    const { table, unseen } = this;
    unseen.clear();
    const ids = numberNgrams(run, (prefix, last) => {
      const known = prefix < table.count ? table.find(prefix, last) : -1;
      return known < 0 ? unseen.idOf(prefix, last) : known;
    });
    const room = unseen.count - this.counts.length;
    if (room > 0) this.counts = new Int32Array(this.counts.length + 2 * room);
    return this.vectors(run, ids);
  }

  /** CIDEr-D, 0..10, of one of `candidates` against each of `others` from `from` up to `to`. */
  compare(
    candidates: NgramVectors,
    candidate: number,
    others: NgramVectors,
    from: number,
    to: number,
  ): Float64Array {
    const start = candidates.first[MAX_ORDER * candidate] ?? 0;
    const end = candidates.first[MAX_ORDER * (candidate + 1)] ?? 0;
    for (let at = start; at < end; at += 1) {
      this.counts[candidates.ids[at] ?? 0] = candidates.times[at] ?? 0;
    }
    const scores = new Float64Array(to - from);
    for (let other = from; other < to; other += 1) {
      let cosines = 0;
      for (let n = 0; n < MAX_ORDER; n += 1) {
        const inverseNorm = candidates.inverseNorms[MAX_ORDER * candidate + n] ?? 0;
        const list = MAX_ORDER * other + n;
        cosines += this.clippedDot(others, list) * inverseNorm * (others.inverseNorms[list] ?? 0);
      }
      const penalty = lengthPenalty(candidates.lengths[candidate] ?? 0, others.lengths[other] ?? 0);
      scores[other - from] = (CIDER_SCALE * penalty * cosines) / MAX_ORDER;
    }
    for (let at = start; at < end; at += 1) this.counts[candidates.ids[at] ?? 0] = 0;
    return scores;
  }

  /** Sum of min(c_g, r_g) * r_g over the n-grams g of one order, c being the candidate at hand. */
  private clippedDot({ first, ids, times }: NgramVectors, list: number): number {
    const counts = this.counts;
    const end = first[list + 1] ?? 0;
    let dot = 0;
    for (let at = first[list] ?? 0; at < end; at += 1) {
      const id = ids[at] ?? 0;
      const inCandidate = counts[id] ?? 0;
      if (inCandidate === 0) continue;
      const inReference = times[at] ?? 0;
      dot += Math.min(inCandidate, inReference) * inReference * this.squaredIdf(id);
    }
    return dot;
  }

  private vectors(run: CaptionRun, ids: Int32Array): NgramVectors {
    return ngramVectors(run, ids, (id) => this.squaredIdf(id), this.counts);
  }

  private squaredIdf(id: number): number {
    return id < this.squares.length ? (this.squares[id] ?? 0) : this.squareOfUnseen;
  }
}
