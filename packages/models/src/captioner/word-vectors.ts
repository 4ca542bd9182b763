/**
 * Pretrained word vectors (e.g. GloVe, Pennington et al. 2014) as the start of the embedding. Where
 * they are not as wide as it, a matrix that is learned projects them: E = vectors P.
 */
import { matMul } from '@tensorflow/tfjs-core';
import { ModelInputError } from '../errors.js';
import { xavierIn, type Initialiser } from '../initialisers.js';
import { weightOf, type NamedArray, type ParameterPlan, type Weights } from '../parameters.js';

export interface WordVectors {
  readonly width: number;
  /** By word id; null for a word without one, special words included. */
  readonly rows: readonly (Float32Array | null)[];
}

const VECTORS = 'embedding.vectors';
const PROJECTION = 'embedding.projection';

/**
 * The plans of a family with the vectors in the embedding's place, a group of their own. No gradient
 * reaches frozen ones; what projects them is trained.
 */
export function withVectors(
  plans: readonly ParameterPlan[],
  vectors: WordVectors | null,
  isFrozen: boolean,
): ParameterPlan[] {
  if (vectors === null) return [...plans];
  return plans.flatMap((plan): ParameterPlan[] => {
    if (plan.name !== 'embedding') return [plan];
    const [words = 0, width = 0] = plan.shape;
    if (vectors.rows.length !== words) {
      throw new ModelInputError(
        `There are word vectors for ${vectors.rows.length} words, the vocabulary has ${words}.`,
      );
    }
    const own = { start: startOf(vectors), group: 'vectors', isTrained: !isFrozen } as const;
    if (vectors.width === width) return [{ ...plan, ...own }];
    return [
      { name: VECTORS, shape: [words, vectors.width], ...own },
      { name: PROJECTION, shape: [vectors.width, width], start: xavierIn(vectors.width) },
    ];
  });
}

/** The weights as families read them: `embedding` is there. */
export function withProjectedVectors(weights: Weights): Weights {
  const projection = weights.get(PROJECTION);
  if (projection === undefined) return weights;
  return new Map([...weights, ['embedding', matMul(weightOf(weights, VECTORS), projection)]]);
}

/** What stood in for the embedding in trained weights; null where it has the embedding's own width. */
export function vectorsIn(weights: readonly NamedArray[]): WordVectors | null {
  const vectors = weights.find(({ name }) => name === VECTORS);
  if (vectors === undefined) return null;
  const [words = 0, width = 0] = vectors.shape;
  return { width, rows: Array.from({ length: words }, () => null) };
}

/**
 * A word without a vector starts uniformly with the variance that the numbers of the others have
 * (Kim 2014, "Convolutional neural networks for sentence classification", section 3).
 */
function startOf({ width, rows }: WordVectors): Initialiser {
  return (rng) => {
    const bound = Math.sqrt(3 * meanSquare(rows));
    const values = new Float32Array(rows.length * width);
    for (const [id, row] of rows.entries()) {
      const start =
        row ?? Float32Array.from({ length: width }, () => (2 * rng.uniform() - 1) * bound);
      values.set(start, id * width);
    }
    return values;
  };
}

function meanSquare(rows: readonly (Float32Array | null)[]): number {
  let sum = 0;
  let count = 0;
  for (const row of rows) {
    for (const x of row ?? []) sum += x * x;
    count += row?.length ?? 0;
  }
  return count === 0 ? 0 : sum / count;
}
