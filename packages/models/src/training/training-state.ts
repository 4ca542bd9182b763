/** All a training needs to go on bit for bit, and its file form. */
import { decodeSafetensors, encodeSafetensors } from '../checkpoint/safetensors.js';
import { CheckpointError } from '../errors.js';
import type { NamedArray } from '../parameters.js';
import type { AdamMoments } from './adam.js';
import type { KeptCheckpoint } from './best-checkpoints.js';
import type { PlateauState } from './plateau.js';

export interface TrainingState {
  /** Updates done. */
  readonly step: number;
  /** Passes over the captions that are complete. */
  readonly epoch: number;
  /** Batches done of the current pass. Its order follows from the seed and `epoch`. */
  readonly batch: number;
  /** The last validation came after this update; 0 before the first. */
  readonly validatedStep: number;
  readonly plateau: PlateauState;
  readonly weights: readonly NamedArray[];
  readonly moments: AdamMoments;
  /** The best checkpoints so far, best first; none before the first validation. */
  readonly kept: readonly KeptCheckpoint[];
}

const FORMAT = 'capgrid-training-state-2';

/** `training` names the training, so that two with the same first steps have different files. */
export function encodeTrainingState(state: TrainingState, training: string): Uint8Array {
  const { step, epoch, batch, validatedStep, plateau } = state;
  const kept = state.kept.map(({ step: at, perplexity, ciderD, moments }) => ({
    step: at,
    perplexity,
    ciderD,
    adamUpdates: moments?.updates ?? null,
  }));
  const adamUpdates = state.moments.updates;
  return encodeSafetensors(
    [
      ...prefixed('weights', state.weights),
      ...prefixedMoments('', state.moments),
      ...state.kept.flatMap(({ weights, moments }, i) => [
        ...prefixed(`kept.${i}`, weights),
        ...(moments === null ? [] : prefixedMoments(`kept.${i}.`, moments)),
      ]),
    ],
    {
      format: FORMAT,
      training,
      progress: JSON.stringify({ step, epoch, batch, validatedStep, plateau, adamUpdates, kept }),
    },
  );
}

export function decodeTrainingState(bytes: Uint8Array): TrainingState {
  const { arrays, metadata } = decodeSafetensors(bytes);
  if (metadata['format'] !== FORMAT) {
    throw new CheckpointError(
      `This is no training state: its format is "${metadata['format'] ?? 'none'}".`,
      'Pass the file that a checkpoint of a training wrote.',
    );
  }
  const progress = parseJson(metadata['progress'] ?? '');
  const plateau = field(progress, 'plateau');
  return {
    step: numberField(progress, 'step'),
    epoch: numberField(progress, 'epoch'),
    batch: numberField(progress, 'batch'),
    validatedStep: numberField(progress, 'validatedStep'),
    plateau: {
      learningRate: numberField(plateau, 'learningRate'),
      sinceChange: numberField(plateau, 'sinceChange'),
      sinceBest: numberField(plateau, 'sinceBest'),
    },
    weights: unprefixed('weights', arrays),
    moments: momentsOf('', arrays, numberField(progress, 'adamUpdates')),
    kept: listField(progress, 'kept').map((of, i) => ({
      step: numberField(of, 'step'),
      perplexity: numberField(of, 'perplexity'),
      ciderD: field(of, 'ciderD') === null ? null : numberField(of, 'ciderD'),
      weights: unprefixed(`kept.${i}`, arrays),
      moments:
        field(of, 'adamUpdates') === null
          ? null
          : momentsOf(`kept.${i}.`, arrays, numberField(of, 'adamUpdates')),
    })),
  };
}

function prefixedMoments(prefix: string, { first, second }: AdamMoments): NamedArray[] {
  return [...prefixed(`${prefix}adam.m`, first), ...prefixed(`${prefix}adam.v`, second)];
}

function momentsOf(prefix: string, arrays: readonly NamedArray[], updates: number): AdamMoments {
  return {
    first: unprefixed(`${prefix}adam.m`, arrays),
    second: unprefixed(`${prefix}adam.v`, arrays),
    updates,
  };
}

function prefixed(group: string, arrays: readonly NamedArray[]): NamedArray[] {
  return arrays.map((array) => ({ ...array, name: `${group}/${array.name}` }));
}

function unprefixed(group: string, arrays: readonly NamedArray[]): NamedArray[] {
  const start = `${group}/`;
  return arrays
    .filter(({ name }) => name.startsWith(start))
    .map((array) => ({ ...array, name: array.name.slice(start.length) }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(
      `The training state's progress is not JSON (${String(cause)}).`,
      'The file is damaged; resume from an older checkpoint.',
    );
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function listField(value: unknown, name: string): unknown[] {
  const list = field(value, name);
  if (Array.isArray(list)) return list;
  throw new CheckpointError(
    `The training state's "${name}" is ${String(list)}, not a list.`,
    'The file is damaged; resume from an older checkpoint.',
  );
}

function numberField(value: unknown, name: string): number {
  const number = field(value, name);
  if (typeof number === 'number') return number;
  throw new CheckpointError(
    `The training state's "${name}" is ${String(number)}, not a number.`,
    'The file is damaged; resume from an older checkpoint.',
  );
}
