/** The training images that look most like others, found with one matrix product. */
import {
  add,
  div,
  matMul,
  maximum,
  mul,
  neg,
  relu,
  sqrt,
  square,
  sub,
  sum,
  tensor2d,
  tidy,
  topk,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { RetrievalSpec } from '@capgrid/contracts';
import { ShapeError } from '../errors.js';
import type { CaptionIndex } from './caption-index.js';

const SHORTEST = 1e-12;

export interface Neighbours {
  /** Rows of the index for each image asked, the most similar first; [images][neighbours]. */
  readonly rows: readonly (readonly number[])[];
  /** Their similarities: a cosine, or minus a distance. */
  readonly similarities: readonly (readonly number[])[];
}

/** Its tensors lie on the engine until `dispose`. */
export class NeighbourSearch {
  private readonly keys: Tensor; // [images, channels], of length 1 with `cosine`
  private readonly squares: Tensor; // [images]: squared lengths of the keys

  constructor(
    private readonly index: Pick<CaptionIndex, 'images' | 'channels' | 'features'>,
    private readonly similarity: RetrievalSpec['similarity'],
  ) {
    const { images, channels, features } = index;
    this.keys = tidy(() => this.read(tensor2d(features, [images, channels])));
    this.squares = tidy(() => sum(square(this.keys), 1));
  }

  /**
   * @param means [queries, channels]
   * @param count neighbours of each; fewer where the index has fewer images
   */
  async find(means: Float32Array, count: number): Promise<Neighbours> {
    const { images, channels } = this.index;
    const queries = means.length / channels;
    if (!Number.isInteger(queries)) {
      throw new ShapeError(
        'mean regions',
        [Math.ceil(queries), channels],
        [means.length],
        'Use the features of the encoder that the training images were read with.',
      );
    }
    const width = Math.min(count, images);
    const { values, indices } = tidy(() => topk(this.similarities(means, queries), width));
    const [found, rows] = [await values.data<'float32'>(), await indices.data<'int32'>()];
    values.dispose();
    indices.dispose();
    return { rows: inRows(rows, width), similarities: inRows(found, width) };
  }

  dispose(): void {
    this.keys.dispose();
    this.squares.dispose();
  }

  /** [queries, images] */
  private similarities(means: Float32Array, queries: number): Tensor {
    const asked = this.read(tensor2d(means, [queries, this.index.channels]));
    const products = matMul(asked, this.keys, false, true);
    if (this.similarity === 'cosine') return products;
    // |q - x|² = |q|² + |x|² - 2 q·x, which rounding may take below zero.
    const squares = add(sub(this.squares, mul(products, 2)), sum(square(asked), 1, true));
    return neg(sqrt(relu(squares)));
  }

  private read(means: Tensor): Tensor {
    if (this.similarity === 'l2') return means;
    return div(means, maximum(sqrt(sum(square(means), 1, true)), SHORTEST));
  }
}

function inRows(values: ArrayLike<number>, width: number): number[][] {
  const rows = width === 0 ? 0 : values.length / width;
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: width }, (__, i) => values[row * width + i] ?? 0),
  );
}
