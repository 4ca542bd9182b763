/** One block of the transformer decoder (Vaswani et al. 2017, section 3.1). */
import { add, matMul, relu, type Tensor } from '@tensorflow/tfjs-core';
import type { SatSpec } from '@capgrid/contracts';
import { dropped } from '../captioner/noise.js';
import { weightOf, type Weights } from '../parameters.js';
import { applySequence, type Masks } from './process.js';
import type { Part } from './sat-parameters.js';

/** How the words of a batch attend: whole captions when taught, one word when decoded. */
export interface BlockAttention {
  /** Queries, keys and values of the words, [rows, 3 hidden], to contexts [rows, hidden]. */
  readonly self: (projected: Tensor) => Tensor;
  /** Queries, [rows, hidden], to contexts of the regions [rows, hidden]. */
  readonly image: (queries: Tensor) => Tensor;
}

/** From and to [rows, hidden]; a row is a word of a caption. */
export function runBlock(
  spec: SatSpec,
  weights: Weights,
  layer: string,
  x: Tensor,
  attention: BlockAttention,
  masks: Masks,
): Tensor {
  const weight = (name: string): Tensor => weightOf(weights, `${layer}.${name}`);

  const attended = part('self', x, (y) => {
    const context = attention.self(matMul(y, weight('self.project')));
    return matMul(context, weight('self.output'));
  });
  const seen = part('image', attended, (y) => {
    const context = attention.image(matMul(y, weight('image.query')));
    return matMul(context, weight('image.output'));
  });
  // Eq. 2: FFN(x) = max(0, x W_1 + b_1) W_2 + b_2
  return part('feedForward', seen, (y) => {
    const inner = add(matMul(y, weight('feedForward.inner')), weight('feedForward.innerBias'));
    const active = dropped(relu(inner), masks(`${layer}.feedForward.inner`));
    return add(matMul(active, weight('feedForward.outer')), weight('feedForward.outerBias'));
  });

  /** `run` between the sequences before and after it. */
  function part(name: Part, previous: Tensor, run: (y: Tensor) => Tensor): Tensor {
    const place = `${layer}.${name}`;
    const { preprocess, postprocess } = spec;
    const y = applySequence(preprocess, previous, null, `${place}.pre`, weights, masks);
    return applySequence(postprocess, run(y), previous, `${place}.post`, weights, masks);
  }
}
