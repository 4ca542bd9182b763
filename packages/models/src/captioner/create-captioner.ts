/**
 * A model of any family with what all families share: normalised features, normalised and tied
 * matrices, the start of the weights. Of these a family reads only whether it has weight normalisation,
 * which it applies to its output and its convolutions itself.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ModelSpec, NeuralSpec } from '@capgrid/contracts';
import type { TrainedLayers } from '../encoder/trained-layers.js';
import { ModelInputError } from '../errors.js';
import { featureNormParameters, normaliseFeatures } from '../image/feature-norm.js';
import { startAs } from '../initialisers.js';
import { sizeOf, type ParameterPlan, type Weights } from '../parameters.js';
import type {
  Captioner,
  CaptionerSizes,
  Decoder,
  ImageTensors,
  RowTensors,
  Stepped,
  Taught,
} from './captioner.js';
import { createFamily, familyParameters } from './families.js';
import { matrixScales, withUnitScales } from './matrix-norm.js';
import type { Noise, NoisePlan } from './noise.js';
import { withProjectedVectors, withVectors, type WordVectors } from './word-vectors.js';

/** What comes with a model from outside of its spec. */
export interface ModelParts {
  /** The last layers of the image encoder, where they are trained with the decoder. */
  readonly encoder: TrainedLayers | null;
  /** Pretrained vectors of the vocabulary's words; they only matter for the start. */
  readonly vectors: WordVectors | null;
}

const NO_PARTS: ModelParts = { encoder: null, vectors: null };

/** Names, shapes and start values of all weights of a model. */
export function captionerParameters(
  given: ModelSpec,
  sizes: CaptionerSizes,
  { encoder, vectors }: ModelParts = NO_PARTS,
): ParameterPlan[] {
  const spec = asNeural(given);
  const { channels, regions } = encoder ?? sizes;
  const family = familyParameters(spec, { ...sizes, channels, regions });
  const isFrozen = spec.vectors.trainFrom === null;
  const own = withVectors(spec.tieEmbedding ? withoutTied(family) : family, vectors, isFrozen);
  const plans = own.map((plan) => ({
    ...plan,
    start: startAs(spec.init, plan.start, sizeOf(plan.shape)),
  }));
  return [
    ...plans,
    ...(spec.weightNorm === 'all' ? matrixScales(plans) : []),
    ...featureNormParameters(spec, channels),
    ...(encoder?.parameters ?? []),
  ];
}

/** The model over `weights`, which stay the caller's. */
export function createCaptioner(
  spec: ModelSpec,
  weights: Weights,
  encoder: TrainedLayers | null = null,
): Captioner {
  return new SharedParts(asNeural(spec), weights, encoder);
}

/** Retrieval has no weights to train or to decode with: see `retrieval/`. */
function asNeural(spec: ModelSpec): NeuralSpec {
  if (spec.decoder !== 'retrieval') return spec;
  throw new ModelInputError('model.decoder is retrieval: captions are looked up, not written.');
}

class SharedParts implements Captioner {
  readonly noise: readonly NoisePlan[];

  constructor(
    private readonly spec: NeuralSpec,
    private readonly weights: Weights,
    private readonly encoder: TrainedLayers | null,
  ) {
    const { noise } = createFamily(spec, weights);
    this.noise = encoder === null ? noise : ofRegions(noise, encoder.regions);
  }

  teach(given: ImageTensors, inputs: Tensor, noise: Noise | null): Taught {
    const { spec, weights, encoder } = this;
    const encoded = throughEncoder(encoder, weights, given);
    const { images, updates } = normaliseFeatures(spec, weights, encoded, noise !== null);
    const taught = this.family().teach(images, inputs, noise);
    return updates.size === 0 ? taught : withUpdates(taught, updates);
  }

  decoder(): Decoder {
    return new SharedDecoder(this.spec, this.weights, this.encoder, this.family().decoder());
  }

  /** Within a step, so that gradients flow through the normalisation. */
  private family(): Captioner {
    const { spec, weights } = this;
    const normalised = spec.weightNorm === 'all' ? withUnitScales(weights) : weights;
    const embedded = withProjectedVectors(normalised);
    return createFamily(spec, spec.tieEmbedding ? withTied(embedded) : embedded);
  }
}

class SharedDecoder implements Decoder {
  readonly maxWords: number | null;

  constructor(
    private readonly spec: NeuralSpec,
    private readonly weights: Weights,
    private readonly encoder: TrainedLayers | null,
    private readonly decoder: Decoder,
  ) {
    this.maxWords = decoder.maxWords;
  }

  encode(given: ImageTensors): RowTensors {
    const { spec, weights, encoder, decoder } = this;
    const encoded = throughEncoder(encoder, weights, given);
    return decoder.encode(normaliseFeatures(spec, weights, encoded, false).images);
  }

  begin(images: RowTensors, rows: number): RowTensors {
    return this.decoder.begin(images, rows);
  }

  step(images: RowTensors, state: RowTensors, words: Tensor): Stepped {
    return this.decoder.step(images, state, words);
  }
}

/** Masks for the regions that a family sees: those behind the trained layers, not those of the features. */
function ofRegions(plans: readonly NoisePlan[], regions: number): NoisePlan[] {
  return plans.map((plan) => ({
    ...plan,
    shape: (steps, size) => plan.shape(steps, size, regions),
  }));
}

/** A feature map has no padding: the mask stays null. */
function throughEncoder(
  encoder: TrainedLayers | null,
  weights: Weights,
  images: ImageTensors,
): ImageTensors {
  if (encoder === null) return images;
  return { ...images, features: encoder.apply(weights, images.features) };
}

function withUpdates(taught: Taught, updates: ReadonlyMap<string, Tensor>): Taught {
  return {
    ...taught,
    extraLoss: (losses, isWord) => {
      const own = taught.extraLoss?.(losses, isWord) ?? { loss: null, updates: new Map() };
      return { loss: own.loss, updates: new Map([...own.updates, ...updates]) };
    },
  };
}

/** W_o = E. */
function withTied(weights: Weights): Weights {
  const embedding = weights.get('embedding');
  return embedding === undefined ? weights : new Map([...weights, ['output.weight', embedding]]);
}

function withoutTied(plans: readonly ParameterPlan[]): ParameterPlan[] {
  const shapeOf = (wanted: string): string =>
    `[${plans.find(({ name }) => name === wanted)?.shape.join(', ') ?? 'none'}]`;
  const [embedding, output] = [shapeOf('embedding'), shapeOf('output.weight')];
  if (embedding !== output) {
    throw new ModelInputError(
      `model.tieEmbedding needs an embedding as wide as the vector before the output: they are ${embedding} and ${output}. Set model.embed to that width.`,
    );
  }
  return plans.filter(({ name }) => name !== 'output.weight');
}
