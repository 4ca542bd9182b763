/** The dropout masks of the transformer decoder. */
import type { SatSpec } from '@capgrid/contracts';
import { dropoutPlan, type NoisePlan } from '../captioner/noise.js';
import { isGlobalInMemory } from '../image/regions.js';
import { layerNames } from '../layer-names.js';
import { PARTS } from './sat-parameters.js';

/** Of the captions themselves `[size * steps, width]`, of attention [size, heads, queries, keys]. */
export function satNoise(spec: SatSpec): NoisePlan[] {
  const { heads, hidden, feedForward, preprocess, postprocess } = spec;
  const { dropout, attentionDropout, activationDropout } = spec;
  const globals = isGlobalInMemory(spec) ? 1 : 0;
  const words =
    (width: number): NoisePlan['shape'] =>
    (steps, size) => [size * steps, width];
  const before = preprocess.includes('d') ? dropout : 0;
  const after = postprocess.includes('d') ? dropout : 0;
  const ofLayer = (layer: string): NoisePlan[] => [
    ...dropoutPlan(`${layer}.self.alpha`, attentionDropout, (steps, size) => [
      size,
      heads,
      steps,
      steps,
    ]),
    ...dropoutPlan(`${layer}.image.alpha`, attentionDropout, (steps, size, regions) => [
      size,
      heads,
      steps,
      regions + globals,
    ]),
    ...dropoutPlan(`${layer}.feedForward.inner`, activationDropout, words(feedForward)),
    ...PARTS.flatMap((part) => [
      ...dropoutPlan(`${layer}.${part}.pre`, before, words(hidden)),
      ...dropoutPlan(`${layer}.${part}.post`, after, words(hidden)),
    ]),
  ];
  return [
    ...dropoutPlan('placed', dropout, words(hidden)),
    ...layerNames(spec).flatMap(ofLayer),
    ...dropoutPlan('final', before, words(hidden)),
  ];
}
