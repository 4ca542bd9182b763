/** All a training needs to go on bit for bit, and its file form. */
import type { EngineRecord } from '@capgrid/contracts';
import { field } from '../checkpoint/json-field.js';
import { decodeSafetensors, encodeSafetensors } from '../checkpoint/safetensors.js';
import { CheckpointError, StateMismatchError } from '../errors.js';
import type { NamedArray, ParameterGroup } from '../parameters.js';
import type { AdamMoments, GroupUpdates } from './adam.js';
import type { KeptCheckpoint } from './best-checkpoints.js';
import type { PlateauState } from './plateau.js';

export interface TrainingState {
  /** Updates done. */
  readonly step: number;
  /** Passes over the captions that are complete. */
  readonly epoch: number;
  /** Batches done of the current pass. Its order follows from the seed and `epoch`. */
  readonly batch: number;
  /** The last validation came after this update; null before the first. */
  readonly validatedStep: number | null;
  readonly plateau: PlateauState;
  readonly weights: readonly NamedArray[];
  readonly moments: AdamMoments;
  /** The best checkpoints so far, best first; none before the first validation. */
  readonly kept: readonly KeptCheckpoint[];
  /** What computed the updates, each once, in the order of their last ones. */
  readonly engines: readonly EngineRecord[];
}

const FORMAT = 'capgrid-training-state-3';
const GROUPS: readonly ParameterGroup[] = ['decoder', 'encoder', 'vectors'];
const DAMAGED = 'The file is damaged; resume from an older checkpoint.';

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
      progress: JSON.stringify({
        step,
        epoch,
        batch,
        validatedStep,
        plateau,
        adamUpdates,
        kept,
        engines: state.engines,
      }),
    },
  );
}

/**
 * @param training that should go on
 * @throws CheckpointError where the file is damaged or of another format, StateMismatchError where it
 *   belongs to another training. Whether its arrays fit the model is seen when it is resumed.
 */
export function decodeTrainingState(bytes: Uint8Array, training: string): TrainingState {
  const { arrays, metadata } = decodeSafetensors(bytes);
  if (metadata['format'] !== FORMAT) {
    throw new CheckpointError(
      `This is no training state: its format is "${metadata['format'] ?? 'none'}".`,
      'Pass the file that a checkpoint of a training wrote.',
    );
  }
  if (metadata['training'] !== training) {
    throw new StateMismatchError(
      `The state belongs to the training "${metadata['training'] ?? 'none'}", not to "${training}".`,
    );
  }
  const progress = parseJson(metadata['progress'] ?? '');
  const plateau = field(progress, 'plateau');
  const step = countField(progress, 'step');
  return {
    step,
    epoch: countField(progress, 'epoch'),
    batch: countField(progress, 'batch'),
    validatedStep:
      field(progress, 'validatedStep') === null
        ? null
        : countField(progress, 'validatedStep', step),
    plateau: {
      learningRate: measureField(plateau, 'learningRate'),
      sinceChange: countField(plateau, 'sinceChange'),
      sinceBest: countField(plateau, 'sinceBest'),
    },
    weights: unprefixed('weights', arrays),
    moments: momentsOf('', arrays, updatesField(progress)),
    kept: listField(progress, 'kept').map((of, i) => ({
      step: countField(of, 'step', step),
      perplexity: measureField(of, 'perplexity'),
      ciderD: field(of, 'ciderD') === null ? null : measureField(of, 'ciderD'),
      weights: unprefixed(`kept.${i}`, arrays),
      moments:
        field(of, 'adamUpdates') === null
          ? null
          : momentsOf(`kept.${i}.`, arrays, updatesField(of)),
    })),
    engines: enginesOf(progress),
  };
}

function prefixedMoments(prefix: string, { first, second }: AdamMoments): NamedArray[] {
  return [...prefixed(`${prefix}adam.m`, first), ...prefixed(`${prefix}adam.v`, second)];
}

function momentsOf(
  prefix: string,
  arrays: readonly NamedArray[],
  updates: GroupUpdates,
): AdamMoments {
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
      DAMAGED,
    );
  }
}

function listField(value: unknown, name: string): unknown[] {
  const list = field(value, name);
  if (Array.isArray(list)) return list;
  throw damaged(name, list, 'a list');
}

/** How often something happened. */
function countField(value: unknown, name: string, most = Number.MAX_SAFE_INTEGER): number {
  const count = field(value, name);
  const isCount = typeof count === 'number' && Number.isInteger(count) && count >= 0;
  if (isCount && count <= most) return count;
  throw damaged(name, count, `a whole number from 0 to ${most}`);
}

/** How large something is. */
function measureField(value: unknown, name: string): number {
  const measure = field(value, name);
  if (typeof measure === 'number' && Number.isFinite(measure) && measure >= 0) return measure;
  throw damaged(name, measure, 'a number of 0 or more');
}

function updatesField(value: unknown): GroupUpdates {
  const updates = field(value, 'adamUpdates');
  if (typeof updates !== 'object' || updates === null) {
    throw damaged('adamUpdates', updates, 'an object');
  }
  const counted = GROUPS.filter((group) => field(updates, group) !== undefined);
  return Object.fromEntries(counted.map((group) => [group, countField(updates, group)]));
}

/** States of before engines were kept have none. */
function enginesOf(progress: unknown): EngineRecord[] {
  if (field(progress, 'engines') === undefined) return [];
  return listField(progress, 'engines').map((engine) => ({
    name: textField(engine, 'name'),
    version: textField(engine, 'version'),
    device: textField(engine, 'device'),
    threads: countField(engine, 'threads'),
    blas: field(engine, 'blas') === null ? null : textField(engine, 'blas'),
  }));
}

function textField(value: unknown, name: string): string {
  const text = field(value, name);
  if (typeof text === 'string') return text;
  throw damaged(name, text, 'a text');
}

function damaged(name: string, value: unknown, expected: string): CheckpointError {
  return new CheckpointError(
    `The training state's "${name}" is ${String(value)}, not ${expected}.`,
    DAMAGED,
  );
}
