/** The weights of the attentional RNN: names, shapes and start values. */
import type { ModelSpec } from '@capgrid/contracts';
import { attentionOf } from '../attention/attention.js';
import { ones, orthogonalRows, xavierAverage, xavierIn, zeros } from '../initialisers.js';
import type { ParameterPlan } from '../parameters.js';

export interface ArnnSizes {
  /** Words, special ids included. */
  readonly vocabulary: number;
  /** Channels of one raw region. */
  readonly channels: number;
}

/**
 * Matrices are stored [in, out] (x W), but `embedding` and `output.weight` have one row per word.
 * The fan-in is always that of the whole matrix, as in MXNet.
 */
export function arnnParameters(spec: ModelSpec, sizes: ArnnSizes): ParameterPlan[] {
  const { hidden, embed } = spec;
  const { vocabulary, channels } = sizes;
  // x_t = [e; (v_last); hbar_{t-1}]
  const inputWidth = embed + (spec.concatGlobal ? hidden : 0) + hidden;
  const globalWidth = spec.global === 'paper' ? channels : hidden;
  return [
    {
      name: 'image.projection',
      shape: [channels, hidden],
      start: xavierAverage(channels, hidden),
    },
    ...(spec.global === 'none'
      ? []
      : [
          {
            name: 'image.global',
            shape: [globalWidth, hidden],
            start: xavierAverage(globalWidth, hidden),
          },
        ]),
    { name: 'embedding', shape: [vocabulary, embed], start: xavierIn(embed) },
    { name: 'lstm.input', shape: [inputWidth, 4 * hidden], start: xavierIn(inputWidth) },
    { name: 'lstm.inputBias', shape: [4 * hidden], start: zeros },
    {
      name: 'lstm.recurrent',
      shape: [hidden, 4 * hidden],
      start: orthogonalRows(hidden, 4 * hidden),
    },
    { name: 'lstm.recurrentBias', shape: [4 * hidden], start: zeros },
    ...attentionOf(spec).parameters,
    { name: 'hidden.weight', shape: [2 * hidden, hidden], start: xavierIn(2 * hidden) },
    { name: 'hidden.bias', shape: [hidden], start: zeros },
    { name: 'output.weight', shape: [vocabulary, hidden], start: xavierIn(hidden) },
    { name: 'output.bias', shape: [vocabulary], start: zeros },
    ...(spec.weightNorm ? [{ name: 'output.scale', shape: [vocabulary, 1], start: ones }] : []),
  ];
}
