/** The last layers of an image encoder, trained together with the decoder. */
import { reshape, type Rank, type Tensor } from '@tensorflow/tfjs-core';
import { decodeSafetensors } from '../checkpoint/safetensors.js';
import { heUniform, zeros } from '../initialisers.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import { cutEncoder } from './encoder-cut.js';
import { parseEncoderPlan } from './encoder-plan.js';
import { asFilter, filterArrays } from './plan-filters.js';
import { runLayers } from './run-layers.js';

export interface TrainedLayers {
  /** With the encoder's values at the start, or random ones. */
  readonly parameters: readonly ParameterPlan[];
  /** Of the feature map that comes out. */
  readonly regions: number;
  readonly channels: number;
  /** [images, regions, channels] at the cut to [images, regions, channels] of the feature map. */
  readonly apply: (weights: Weights, features: Tensor) => Tensor;
}

export interface FineTuning {
  /** Convolutions before the feature map that are trained. */
  readonly layers: number;
  /** `random`: He et al. 2015, biases 0, as for an encoder without pretraining. */
  readonly init: 'pretrained' | 'random';
}

/**
 * `plan`: the parsed plan file. `weights`: the bytes of its safetensors file. Batch norm is folded
 * into the plan's weights, so its statistics stay as they are.
 *
 * @throws EncoderPlanError where the plan cannot be cut there or an array is missing.
 */
export function trainedLayers(
  plan: unknown,
  weights: Uint8Array,
  { layers, init }: FineTuning,
): TrainedLayers {
  const parsed = parseEncoderPlan(plan);
  const { tensor, shape, trained } = cutEncoder(parsed, layers);
  const arrays = new Map(decodeSafetensors(weights).arrays.map((array) => [array.name, array]));
  const [channels, rows, columns] = parsed.featureShape;
  return {
    regions: rows * columns,
    channels,
    parameters: trained.flatMap((layer) => {
      const { weight, bias } = filterArrays(layer, arrays);
      const fanIn = weight.values.length / layer.channelsOut;
      const isRandom = init === 'random';
      return [
        {
          name: nameOf(layer.weight),
          shape: weight.shape,
          start: isRandom ? heUniform(fanIn) : () => weight.values.slice(),
          group: 'encoder',
        },
        {
          name: nameOf(layer.bias),
          shape: bias.shape,
          start: isRandom ? zeros : () => bias.values.slice(),
          group: 'encoder',
        },
      ] satisfies ParameterPlan[];
    }),
    apply: (values, features) => {
      const filters = new Map(
        trained.map((layer) => [
          layer,
          asFilter(
            layer.op,
            weightOf(values, nameOf(layer.weight)),
            weightOf(values, nameOf(layer.bias)),
          ),
        ]),
      );
      const [images = 0] = features.shape;
      const value = reshape<Rank.R4>(features, [images, ...shape]);
      const map = runLayers(parsed, filters, { id: tensor, value }, parsed.featureTensor);
      return reshape(map, [images, rows * columns, channels]);
    },
  };
}

function nameOf(array: string): string {
  return `encoder.${array}`;
}
