/**
 * A decoder whose next words depend on the image and on all words before, by a table: small enough
 * to enumerate every caption, on whichever engine runs.
 */
import {
  add,
  cast,
  equal,
  gather,
  mul,
  reshape,
  softmax,
  tensor2d,
  where,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Decoder, ImageTensors, RowTensors, Stepped } from '../captioner/captioner.js';
import type { FeatureSource } from '../features.js';
import { Rng } from '../rng.js';
import { SPECIAL_IDS } from '../special-ids.js';

/** Pad, unknown, begin, end and two words. */
const TABLE_VOCABULARY = 6;

export class TableDecoder implements Decoder {
  readonly maxWords: number | null;
  /** [prefixes, vocabulary]; the children of prefix n begin at n * vocabulary + 1. */
  private readonly table: Float32Array;

  /** @param depth longest caption, in words */
  constructor(depth: number, seed = 1, maxWords: number | null = null) {
    this.maxWords = maxWords;
    const rng = Rng.from(seed);
    let prefixes = 0;
    for (let t = 0; t <= depth; t += 1) prefixes = prefixes * TABLE_VOCABULARY + 1;
    this.table = Float32Array.from(
      { length: prefixes * TABLE_VOCABULARY },
      () => 1.5 * rng.normal(),
    );
  }

  /** Natural logarithms of the probabilities of the next word. */
  logProbs(image: number, tokens: readonly number[]): number[] {
    const node = tokens.reduce((parent, word) => parent * TABLE_VOCABULARY + word + 1, 0);
    const bias = imageBias(image);
    const logits = bias.map((x, w) => x + (this.table[node * TABLE_VOCABULARY + w] ?? 0));
    const total = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
    return logits.map((x) => x - total);
  }

  encode({ features }: ImageTensors): RowTensors {
    return { bias: reshape(features, [features.shape[0] ?? 0, TABLE_VOCABULARY]) };
  }

  begin({ bias }: RowTensors, rows: number): RowTensors {
    // What belongs to the images may be handed on in the state.
    return { node: zeros([rows], 'int32'), steps: zeros([rows], 'int32'), bias: bias ?? null };
  }

  step(images: RowTensors, { node, steps }: RowTensors, words: Tensor): Stepped {
    const { bias } = images;
    if (!node || !steps || !bias) throw new Error('a tensor is missing');
    // No caption contains the begin mark.
    const isFirst = equal(words, SPECIAL_IDS.begin);
    const child = add(mul(node, TABLE_VOCABULARY), add(words, 1));
    const next = where(isFirst, node, child);
    const counted = where(isFirst, steps, add(steps, 1));
    const table = tensor2d(this.table, [this.table.length / TABLE_VOCABULARY, TABLE_VOCABULARY]);
    const rows = words.size;
    return {
      state: { node: cast(next, 'int32'), steps: counted, bias },
      logits: add(gather(table, cast(next, 'int32')), bias),
      // "Attention" that tells how many words there were.
      alpha: () =>
        softmax(mul(reshape(cast(counted, 'float32'), [rows, 1]), tensor2d([0, 1], [1, 2]))),
    };
  }
}

/** Images that the table decoder reads: their features are added to its scores. */
export function tableImages(): FeatureSource {
  return {
    regions: 1,
    channels: TABLE_VOCABULARY,
    batch: (indices) => Float32Array.from(indices.flatMap(imageBias)),
  };
}

function imageBias(image: number): number[] {
  const rng = Rng.from(1000 + image);
  return Array.from({ length: TABLE_VOCABULARY }, () => rng.normal());
}
