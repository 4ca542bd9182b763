/** What enters each recurrent layer of the ARNN, and what the layers are called. */
import type { ArnnSpec } from '@capgrid/contracts';
import { contextWidth, regionWidth } from '../attention/widths.js';
import type { LayerInput } from '../recurrent/recurrent-layer.js';

/** Of the first layer: x_t = [e; (v_g); (hbar_{t-1})]; above: what is below and perhaps the context. */
export function layerInputs(spec: ArnnSpec): LayerInput[] {
  const { embed, hidden, layers, concatGlobal, inputFeeding, attentionInUpperLayers } = spec;
  const context = attentionInUpperLayers ? contextWidth(spec) : 0;
  const first = {
    known: concatGlobal ? [embed, regionWidth(spec)] : [embed],
    inner: inputFeeding ? hidden : 0,
  };
  const above = { known: [], inner: hidden + context };
  return Array.from({ length: layers }, (_, layer) => (layer === 0 ? first : above));
}

/** `lstm`, `lstm2`, `lstm3`, ...: `name` of the layer with this index. */
export function nameOfLayer(name: string, layer: number): string {
  return layer === 0 ? name : `${name}${layer + 1}`;
}
