/**
 * METEOR's four matchers and the weights of METEOR 1.5 for English, task "rank" (Denkowski and Lavie
 * 2014): the parameters that coco-caption leaves at their defaults.
 */

export type MeteorModule = 'exact' | 'stem' | 'synonym' | 'paraphrase';

/** In METEOR's order; a match and the statistics name a module by its place in this list. */
export const METEOR_MODULES = ['exact', 'stem', 'synonym', 'paraphrase'] as const;

export const EXACT = 0;
const STEM = 1;
const SYNONYM = 2;
export const PARAPHRASE = 3;

/** A number for each module. */
export type PerModule<T> = readonly [exact: T, stem: T, synonym: T, paraphrase: T];

/** What one matched word is worth in precision and recall. */
export const MODULE_WEIGHTS: PerModule<number> = [1, 0.6, 0.8, 0.6];

/** Weight of recall against precision. */
export const ALPHA = 0.85;
/** Exponent of the fragmentation. */
export const BETA = 0.2;
/** Largest fragmentation penalty. */
export const GAMMA = 0.6;
/** Weight of a content word; a function word weighs 1 - delta. */
export const DELTA = 0.75;

/** A number computed for each module, in order. */
export function forEachModule<T>(compute: (module: number) => T): PerModule<T> {
  return [compute(EXACT), compute(STEM), compute(SYNONYM), compute(PARAPHRASE)];
}
