/**
 * Consensus reranking (Mao et al. 2015, section 8): of the captions that a model has for an image, first
 * comes the one that agrees most with the captions of the training images that look like it.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { DecodeSpec } from '@capgrid/contracts';
import { createCiderDReward, type CiderDReward } from '@capgrid/metrics';
import { elementOf } from '../element-of.js';
import type { FeatureSource } from '../features.js';
import { meanRegions, type CaptionIndex } from './caption-index.js';
import { meanOfLargest } from './consensus.js';
import { NeighbourSearch } from './neighbours.js';

export interface ConsensusRerankerOptions {
  /** The training images, of the same encoder as the images that are decoded. */
  readonly index: CaptionIndex;
  readonly rerank: DecodeSpec['rerank'];
  /** Words, special ids included. */
  readonly vocabularySize: number;
  /** As of `meanRegions`. */
  readonly encode?: (features: Tensor) => Tensor;
}

export interface Reranked<Caption> {
  /** By agreement, the most first; where two agree as much, in the order given. */
  readonly captions: readonly Caption[];
  /**
   * Of each: mean CIDEr-D, 0..10, against the `agreeing` captions most like it of the images found, with
   * the document frequencies of the training split.
   */
  readonly similarities: readonly number[];
}

/** Its tensors lie on the engine until `dispose`. */
export class ConsensusReranker {
  private readonly search: NeighbourSearch;
  private readonly ciderD: CiderDReward;

  constructor(private readonly options: ConsensusRerankerOptions) {
    const { index, vocabularySize } = options;
    this.ciderD = createCiderDReward(index.captions, { vocabularySize });
    this.search = new NeighbourSearch(index, 'cosine');
  }

  /** @param captions of each image, [images][captions] */
  async rerank<Caption extends { readonly tokens: readonly number[] }>(
    features: FeatureSource,
    images: readonly number[],
    captions: readonly (readonly Caption[])[],
  ): Promise<Reranked<Caption>[]> {
    const { encode, rerank } = this.options;
    const means = await meanRegions(features, images, encode && { encode });
    const { rows } = await this.search.find(means, rerank.neighbours);
    return captions.map((ofImage, i) => this.sort(ofImage, elementOf(rows, i)));
  }

  dispose(): void {
    this.search.dispose();
  }

  private sort<Caption extends { readonly tokens: readonly number[] }>(
    captions: readonly Caption[],
    rows: readonly number[],
  ): Reranked<Caption> {
    const { index, rerank } = this.options;
    const witnesses = rows.flatMap((row) => elementOf(index.captions, row));
    const candidates = captions.map(({ tokens }) => tokens);
    const matrix = this.ciderD.similarities(candidates, witnesses);
    const scored = captions.map((caption, i) => {
      const row = matrix.subarray(witnesses.length * i, witnesses.length * (i + 1));
      return { caption, similarity: meanOfLargest(row, rerank.agreeing ?? row.length) };
    });
    scored.sort((a, b) => b.similarity - a.similarity);
    return {
      captions: scored.map(({ caption }) => caption),
      similarities: scored.map(({ similarity }) => similarity),
    };
  }
}
