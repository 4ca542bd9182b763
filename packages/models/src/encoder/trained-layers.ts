/** The last layers of an image encoder, trained together with the decoder. */
import type { EncoderCut, EncoderPlan } from '@capgrid/contracts';
import { reshape, type Rank, type Tensor } from '@tensorflow/tfjs-core';
import { decodeSafetensors } from '../checkpoint/safetensors.js';
import { heUniform, zeros } from '../initialisers.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
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

/**
 * The layers behind the cut. `weights`: the bytes of the plan's safetensors file. Batch norm is folded
 * into the plan's weights, so its statistics stay as they are. `init`: `random` is He et al. 2015 with
 * biases 0, as for an encoder without pretraining.
 *
 * @throws EncoderPlanError where an array is missing.
 */
export function trainedLayers(
  plan: EncoderPlan,
  weights: Uint8Array,
  { tensor, shape, trained }: EncoderCut,
  init: 'pretrained' | 'random',
): TrainedLayers {
  const arrays = new Map(decodeSafetensors(weights).arrays.map((array) => [array.name, array]));
  const [channels, rows, columns] = plan.featureShape;
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
      const map = runLayers(plan, filters, { id: tensor, value }, plan.featureTensor);
      return reshape(map, [images, rows * columns, channels]);
    },
  };
}

function nameOf(array: string): string {
  return `encoder.${array}`;
}
