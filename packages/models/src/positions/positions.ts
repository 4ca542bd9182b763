/** Embeddings of positions, for decoders that see the order of the words in no other way. */
import {
  add,
  cast,
  concat,
  cos,
  expandDims,
  gather,
  mul,
  range,
  scalar,
  sin,
  slice,
  tensor1d,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { ModelInputError } from '../errors.js';
import { xavierIn } from '../initialisers.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';

type PositionKind = 'fixed' | 'learned';

/** The name of the table of learned positions. */
const TABLE = 'positions';

/** A caption of `maxWords` words has one position more, for the begin mark. */
export function positionParameters(
  kind: PositionKind,
  maxWords: number,
  width: number,
): ParameterPlan[] {
  if (kind === 'fixed') return [];
  return [{ name: TABLE, shape: [maxWords + 1, width], start: xavierIn(width) }];
}

/** Longest caption that has a position for each word; null for any. */
export function wordsWithPosition(kind: PositionKind, weights: Weights): number | null {
  return kind === 'fixed' ? null : (weightOf(weights, TABLE).shape[0] ?? 0) - 1;
}

/** The first `steps` positions, [steps, width]. */
export function firstPositions(
  kind: PositionKind,
  weights: Weights,
  steps: number,
  width: number,
): Tensor {
  if (kind === 'fixed') return sinusoids(range(0, steps, 1, 'int32'), width);
  const table = weightOf(weights, TABLE);
  const [rows = 0] = table.shape;
  if (steps > rows) {
    throw new ModelInputError(
      `A caption of ${steps - 1} words has no learned position for each; this model has them for ${rows - 1} words.`,
    );
  }
  return slice(table, [0, 0], [steps, width]);
}

/** Positions word by word, for a decoder: what each word needs of the host is uploaded here, once. */
export class StepPositions {
  private readonly one: Tensor = scalar(1, 'int32');
  /** Frequencies [width / 2], or the table of learned positions [positions, width]. */
  private readonly known: Tensor;

  constructor(
    private readonly kind: PositionKind,
    weights: Weights,
    width: number,
  ) {
    this.known = kind === 'fixed' ? frequenciesOf(width) : weightOf(weights, TABLE);
  }

  /** Of the begin marks, int32 [rows]. */
  begin(rows: number): Tensor {
    return zeros([rows], 'int32');
  }

  /** Those of the next words. */
  next(positions: Tensor): Tensor {
    return add(positions, this.one);
  }

  /** One position for each row, [rows, width]. `positions`: int32 [rows], counted from 0. */
  at(positions: Tensor): Tensor {
    return this.kind === 'fixed' ? waves(positions, this.known) : gather(this.known, positions);
  }
}

/**
 * Vaswani et al. 2017, section 3.5, frequencies 10000^(-2i / width), but all sines before all cosines
 * as in sockeye. `positions`: int32 [n]; returns [n, width]. `width` is even.
 */
export function sinusoids(positions: Tensor, width: number): Tensor {
  return waves(positions, frequenciesOf(width));
}

function frequenciesOf(width: number): Tensor {
  return tensor1d(Float32Array.from({ length: width / 2 }, (_, i) => 10_000 ** ((-2 * i) / width)));
}

function waves(positions: Tensor, frequencies: Tensor): Tensor {
  const angles = mul(expandDims(cast(positions, 'float32'), 1), frequencies);
  return concat([sin(angles), cos(angles)], 1);
}
