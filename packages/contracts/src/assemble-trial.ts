/** Lays the values of one cell over the base of a sweep. The outcome is not checked yet. */
import { DECODER_KINDS } from './model/model-spec.js';
import { presetOptions } from './presets/preset.js';
import type { Assignment, FactorValue, SweepSpec } from './sweep-spec.js';

type Tree = Record<string, unknown>;

/** The input of `TrialSpec` for one cell: preset, base, overrides, then dataset and seed. */
export function assembleTrial(spec: SweepSpec, overrides: Assignment, seed: number): Tree {
  const { decode, ...training } = baseOf(spec, overrides);
  const trial: Tree = {
    training: { ...training, dataset: spec.dataset, seed },
    decode: decode ?? {},
  };
  for (const [path, value] of Object.entries(overrides)) writePath(trial, trialPath(path), value);
  return trial;
}

function baseOf({ preset, base }: SweepSpec, overrides: Assignment): Tree {
  if (preset === undefined) return structuredClone(base);
  const decoder = overrides['model.decoder'] ?? base.model?.['decoder'] ?? DECODER_KINDS[0];
  const below = structuredClone(presetOptions(preset, decoder));
  const isGiven = (option: 'batchSize' | 'batchWords'): boolean =>
    Object.hasOwn(overrides, `schedule.${option}`) || Object.hasOwn(base.schedule ?? {}, option);
  // Who gives the captions of a batch does not mean the words of the preset, which would go first.
  if (isGiven('batchSize') && !isGiven('batchWords')) delete below.schedule.batchWords;
  return layOver(below, structuredClone(base));
}

/** What both have and is no object, the upper one says. */
function layOver(lower: Tree, upper: Tree): Tree {
  const laid = Object.entries(upper).map(([key, above]) => {
    const below = Object.hasOwn(lower, key) ? lower[key] : undefined;
    return [key, isTree(below) && isTree(above) ? layOver(below, above) : above];
  });
  return Object.fromEntries([...Object.entries(lower), ...laid]);
}

/** `decode.beam` lies in the decode spec, every other path in the training spec. */
export function trialPath(path: string): string[] {
  const keys = path.split('.');
  return keys[0] === 'decode' ? keys : ['training', ...keys];
}

/** The path as a user writes it in a sweep spec. */
export function userPath(path: readonly PropertyKey[]): string {
  const keys = path.map(String);
  return (keys[0] === 'training' ? keys.slice(1) : keys).join('.');
}

/** The value at a path, undefined where there is none. */
export function readPath(tree: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (node, key) => (isTree(node) && Object.hasOwn(node, key) ? node[key] : undefined),
    tree,
  );
}

function writePath(tree: Tree, keys: readonly string[], value: FactorValue): void {
  const [key, ...rest] = keys;
  if (key === undefined) return;
  if (rest.length === 0) {
    tree[key] = value;
    return;
  }
  const child = Object.hasOwn(tree, key) ? tree[key] : undefined;
  const next = isTree(child) ? child : {};
  tree[key] = next;
  writePath(next, rest, value);
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
