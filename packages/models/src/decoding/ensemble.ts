/** Several decoders side by side, of any families with the same vocabulary, as one. */
import {
  add,
  concat,
  logSoftmax,
  logSumExp,
  mean,
  mul,
  stack,
  sub,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { DecodeSpec } from '@capgrid/contracts';
import type { Decoder, ImageTensors, RowTensors, Stepped } from '../captioner/captioner.js';

/**
 * `linear`: the mean of the probabilities. `log_linear`: the renormalised mean of their logarithms.
 * Attention is the mean over the decoders that have some. A single decoder is returned as it is.
 */
export function ensembleOf(decoders: readonly Decoder[], combine: DecodeSpec['combine']): Decoder {
  const [only, ...others] = decoders;
  return only !== undefined && others.length === 0 ? only : new Ensemble(decoders, combine);
}

class Ensemble implements Decoder {
  readonly maxWords: number | null;

  constructor(
    private readonly decoders: readonly Decoder[],
    private readonly combine: DecodeSpec['combine'],
  ) {
    const longest = decoders.flatMap(({ maxWords }) => maxWords ?? []);
    this.maxWords = longest.length === 0 ? null : Math.min(...longest);
  }

  encode(images: ImageTensors): RowTensors {
    return joined(this.decoders.map((decoder) => decoder.encode(images)));
  }

  begin(images: RowTensors, rows: number): RowTensors {
    return joined(this.decoders.map((decoder, i) => decoder.begin(partOf(images, i), rows)));
  }

  step(images: RowTensors, state: RowTensors, words: Tensor): Stepped {
    const steps = this.decoders.map((decoder, i) =>
      decoder.step(partOf(images, i), partOf(state, i), words),
    );
    const alphas = steps.flatMap(({ alpha }) => alpha ?? []);
    return {
      state: joined(steps.map((step) => step.state)),
      logits: this.combined(steps.map(({ logits }) => logSoftmax(logits))),
      alpha: alphas.length === 0 ? null : () => meanOverDecoders(alphas.map((alpha) => alpha())),
    };
  }

  /** Of log-probabilities [rows, vocabulary] of each decoder: logarithms up to a constant a row. */
  private combined(logProbs: readonly Tensor[]): Tensor {
    const all = stack([...logProbs]); // [decoders, rows, vocabulary]
    if (this.combine === 'log_linear') return mean(all, 0);
    // ln(sum p / n). Probabilities below 1e-45 are 0 as float32, their logarithms are not lost here.
    return sub(logSumExp(all, 0), Math.log(logProbs.length));
  }
}

/** [rows, regions] each; a decoder that sees a global region has it last, the others lack it. */
function meanOverDecoders(alphas: readonly Tensor[]): Tensor {
  const most = Math.max(...alphas.map(({ shape }) => shape[1] ?? 0));
  const sums = alphas.map((alpha) => {
    const [rows = 0, regions = 0] = alpha.shape;
    return regions === most ? alpha : concat([alpha, zeros([rows, most - regions])], 1);
  });
  return mul(
    sums.reduce((a, b) => add(a, b)),
    1 / sums.length,
  );
}

/** Tensor `x` of decoder 2 becomes `2.x`. */
function joined(parts: readonly RowTensors[]): RowTensors {
  return Object.fromEntries(
    parts.flatMap((part, i) => Object.entries(part).map(([name, x]) => [`${i}.${name}`, x])),
  );
}

function partOf(all: RowTensors, index: number): RowTensors {
  const prefix = `${index}.`;
  return Object.fromEntries(
    Object.entries(all)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, x]) => [name.slice(prefix.length), x]),
  );
}
