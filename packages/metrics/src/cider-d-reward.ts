/**
 * CIDEr-D (Vedantam et al. 2015) of captions that are word ids: the reward of self-critical sequence
 * training (Rennie et al. 2017) and the similarity that chooses a consensus caption (Devlin et al.
 * 2015). The value is that of `scoreCiderD` with the document frequencies of the same references.
 */
import {
  assertIdsOptions,
  assertOnePerCandidate,
  nameCandidates,
  readCaptionIds,
  readImageIds,
  type CaptionIds,
  type CaptionIdsOptions,
  type NamedCaption,
} from './caption-ids.js';
import { CiderDSpace } from './cider-d-space.js';
import { invalidInput } from './invalid-input.js';
import { mean } from './mean.js';
import { MetricInputError } from './metric-input-error.js';
import { readNgrams } from './ngrams.js';

/** All scores are 0..10. */
export interface CiderDReward {
  /** Images that document frequencies were counted from. */
  readonly images: number;
  /**
   * CIDEr-D of a candidate against the references of an image, which is given by its place among
   * them.
   * @param isFinished false for a caption without an end: no end mark is appended; default true
   */
  reward(imageIndex: number, candidate: CaptionIds, isFinished?: boolean): number;
  /**
   * The same for a batch.
   * @param imageIndices [candidates]; an image may occur several times
   * @param isFinished [candidates]; default: all are
   * @returns [candidates]
   */
  rewards(
    imageIndices: ArrayLike<number>,
    candidates: readonly CaptionIds[],
    isFinished?: ArrayLike<boolean>,
  ): Float64Array;
  /**
   * CIDEr-D of a candidate against any other captions, all of them finished.
   * @param isFinished as of `reward`
   */
  similarity(
    candidate: CaptionIds,
    references: readonly CaptionIds[],
    isFinished?: boolean,
  ): number;
  /**
   * CIDEr-D of each of n finished candidates (row) against each of m finished captions alone (column).
   * The mean of a row is the `similarity` of the candidate to them all.
   * @returns [n * m], row by row
   */
  similarities(candidates: readonly CaptionIds[], references: readonly CaptionIds[]): Float64Array;
}

/**
 * @param references of each image of the training split: candidates are compared with them, and
 *   document frequencies are counted from them
 * @throws MetricInputError `invalid-input`, `invalid-caption`, `no-images`, `no-references`; the
 *   methods also `misaligned-captions`
 */
export function createCiderDReward(
  references: readonly (readonly CaptionIds[])[],
  options: CaptionIdsOptions,
): CiderDReward {
  assertIdsOptions(options);
  const captions = readImageIds(references, options);
  const { images, firstCaption } = captions;
  const space = new CiderDSpace(readNgrams(captions));

  function rewards(
    imageIndices: ArrayLike<number>,
    candidates: readonly CaptionIds[],
    isFinished?: ArrayLike<boolean>,
  ): Float64Array {
    assertOnePerCandidate(candidates.length, 'image indices', imageIndices.length);
    const vectors = space.read(readCaptionIds(nameCandidates(candidates, isFinished), options));
    return Float64Array.from(candidates, (_, index) => {
      const image = imageIndices[index] ?? -1;
      const [candidate, end] = [firstCaption[image], firstCaption[image + 1]];
      if (candidate === undefined || end === undefined) {
        throw invalidInput(`imageIndices[${index}]`, image, `an integer from 0 to ${images - 1}`);
      }
      return mean(space.compare(vectors, index, space.corpus, candidate + 1, end));
    });
  }

  return {
    images,
    rewards,
    reward(imageIndex, candidate, isFinished = true) {
      return mean(rewards([imageIndex], [candidate], [isFinished]));
    },
    similarity(candidate, others, isFinished = true) {
      if (others.length === 0) {
        throw new MetricInputError(
          'no-references',
          'There are 0 captions to compare the candidate with. Pass at least one.',
        );
      }
      const named = nameCaptions('references', others);
      const vectors = space.read(
        readCaptionIds(
          [{ ids: candidate, name: () => 'candidate', isFinished }, ...named],
          options,
        ),
      );
      return mean(space.compare(vectors, 0, vectors, 1, others.length + 1));
    },
    similarities(candidates, others) {
      const [rows, columns] = [candidates.length, others.length];
      const named = [...nameCandidates(candidates), ...nameCaptions('references', others)];
      const vectors = space.read(readCaptionIds(named, options));
      const matrix = new Float64Array(rows * columns);
      for (let row = 0; row < rows; row += 1) {
        matrix.set(space.compare(vectors, row, vectors, rows, rows + columns), columns * row);
      }
      return matrix;
    },
  };
}

function nameCaptions(list: string, captions: readonly CaptionIds[]): NamedCaption[] {
  return captions.map((ids, index) => ({ ids, name: () => `${list}[${index}]` }));
}
