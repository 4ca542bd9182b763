/** All a training needs to go on bit for bit, and its file form. */
import { decodeSafetensors, encodeSafetensors } from '../checkpoint/safetensors.js';
import { CheckpointError } from '../errors.js';
import type { NamedArray } from '../parameters.js';
import type { AdamMoments } from './adam.js';
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
  /** Weights with the lowest validation perplexity so far; null before the first validation. */
  readonly best: readonly NamedArray[] | null;
}

const FORMAT = 'capgrid-training-state-1';

/** `training` names the training, so that two with the same first steps have different files. */
export function encodeTrainingState(state: TrainingState, training: string): Uint8Array {
  const { step, epoch, batch, validatedStep, plateau } = state;
  return encodeSafetensors(
    [
      ...prefixed('weights', state.weights),
      ...prefixed('adam.m', state.moments.first),
      ...prefixed('adam.v', state.moments.second),
      ...prefixed('best', state.best ?? []),
    ],
    {
      format: FORMAT,
      training,
      progress: JSON.stringify({ step, epoch, batch, validatedStep, plateau }),
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
  const best = unprefixed('best', arrays);
  return {
    ...parseProgress(metadata['progress'] ?? ''),
    weights: unprefixed('weights', arrays),
    moments: { first: unprefixed('adam.m', arrays), second: unprefixed('adam.v', arrays) },
    best: best.length === 0 ? null : best,
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

function parseProgress(
  text: string,
): Pick<TrainingState, 'step' | 'epoch' | 'batch' | 'validatedStep' | 'plateau'> {
  const value = parseJson(text);
  const plateau = field(value, 'plateau');
  const best = field(plateau, 'best');
  return {
    step: numberField(value, 'step'),
    epoch: numberField(value, 'epoch'),
    batch: numberField(value, 'batch'),
    validatedStep: numberField(value, 'validatedStep'),
    plateau: {
      learningRate: numberField(plateau, 'learningRate'),
      best:
        best === null
          ? null
          : { perplexity: numberField(best, 'perplexity'), step: numberField(best, 'step') },
      sinceChange: numberField(plateau, 'sinceChange'),
      sinceBest: numberField(plateau, 'sinceBest'),
    },
  };
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

function numberField(value: unknown, name: string): number {
  const number = field(value, name);
  if (typeof number === 'number') return number;
  throw new CheckpointError(
    `The training state's "${name}" is ${String(number)}, not a number.`,
    'The file is damaged; resume from an older checkpoint.',
  );
}
