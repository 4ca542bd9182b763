/**
 * An LSTM layer whose input is partly known beforehand (words, the image) and partly made at each step
 * (a context, another layer's state). The gates of the known part are computed for all steps at once.
 */
import { add, concat, matMul, slice, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { lstmCell } from '@capgrid/ops';
import { Linear } from '../linear.js';
import { weightOf, type Weights } from '../parameters.js';
import type { LstmState } from './lstm-layer.js';

/** Columns of the input in the order of its parts; what follows them is fed. */
export interface KnownWidths {
  readonly word: number;
  readonly image: number;
}

/** In training one object serves one sequence. Weights as `lstmParameters` plans them. */
export class FedLstm {
  private readonly word: Tensor; // [word, 4 hidden]
  private readonly image: Tensor; // [image, 4 hidden]
  private readonly bias: Tensor; // [4 hidden]
  private readonly perStep: Linear; // [fed + hidden, 4 hidden]

  constructor(weights: Weights, name: string, { word, image }: KnownWidths) {
    const input = weightOf(weights, `${name}.input`);
    const [width = 0, gates = 0] = input.shape;
    const known = word + image;
    this.word = slice(input, [0, 0], [word, gates]);
    this.image = slice(input, [word, 0], [image, gates]);
    const fed = slice(input, [known, 0], [width - known, gates]);
    this.perStep = new Linear(concat([fed, weightOf(weights, `${name}.recurrent`)], 0), null);
    this.bias = add(
      weightOf(weights, `${name}.inputBias`),
      weightOf(weights, `${name}.recurrentBias`),
    );
  }

  /** Part of the gates that words give, with the biases: [rows, word] to [rows, 4 hidden]. */
  wordGates(e: Tensor): Tensor {
    return add(matMul(e, this.word), this.bias);
  }

  /** Part of the gates that images give: [rows, image] to [rows, 4 hidden]. */
  imageGates(v: Tensor): Tensor {
    return matMul(v, this.image);
  }

  /** The gates where no part of the input is known: the biases, [rows, 4 hidden]. */
  biasGates(rows: number): Tensor {
    return add(zeros([rows, this.bias.size]), this.bias);
  }

  /** `knownGates`: the sum of the known parts, [rows, 4 hidden]; `fed`: [rows, fed]. */
  step(knownGates: Tensor, fed: Tensor, { h, c }: LstmState): LstmState {
    return lstmCell(knownGates, this.perStep.apply(concat([fed, h], 1)), c);
  }
}
