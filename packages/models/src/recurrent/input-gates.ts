/** The input matrix of a recurrent layer, cut into the parts of its input. */
import { add, split, type Tensor } from '@tensorflow/tfjs-core';
import { ModelInputError } from '../errors.js';
import { Linear } from '../linear.js';
import type { LayerInput } from './recurrent-layer.js';

export interface InputMatrices {
  /** [width, gates] for each known part. */
  readonly known: readonly Tensor[];
  /** [inner, gates]; null where nothing comes from inside. */
  readonly inner: Tensor | null;
}

/** `weight`: [all widths of `input`, gates]. */
export function splitInput(weight: Tensor, { known, inner }: LayerInput): InputMatrices {
  const widths = inner === 0 ? [...known] : [...known, inner];
  const parts = widths.length === 1 ? [weight] : split<Tensor>(weight, widths, 0);
  return {
    known: parts.slice(0, known.length),
    inner: inner === 0 ? null : (parts.at(-1) ?? null),
  };
}

/** The input part of the gates for layers that keep it apart from the recurrent part. */
export class InputGates {
  readonly known: readonly Tensor[];
  readonly knownBias: Tensor | null;
  private readonly inner: Linear | null;

  /** `bias`: [gates] or null. */
  constructor(weight: Tensor, bias: Tensor | null, input: LayerInput) {
    const matrices = splitInput(weight, input);
    const isKnown = matrices.known.length > 0;
    this.known = matrices.known;
    this.knownBias = isKnown ? bias : null;
    this.inner = matrices.inner === null ? null : new Linear(matrices.inner, isKnown ? null : bias);
  }

  /** [rows, gates] */
  sum(known: Tensor | null, inner: Tensor | null): Tensor {
    const fed = inner === null || this.inner === null ? null : this.inner.apply(inner);
    if (known !== null) return fed === null ? known : add(known, fed);
    if (fed === null) throw new ModelInputError('A recurrent layer has no input.');
    return fed;
  }
}
