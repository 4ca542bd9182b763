/** What a running task is called on a progress line, e.g. `training 3: mlp, weightNorm`. */
import type { Assignment, FactorValue, TaskKind } from '@capgrid/contracts';

export type TaskPlace = {
  kind: TaskKind;
  /** Running number of the training, or of the trial of an evaluation, in its sweep. */
  number: number;
  assignment: Assignment;
  /** A training by cross-entropy that a self-critical one of the same trial starts from. */
  isStart: boolean;
  /** Named only where the sweep has several. */
  seed: number | null;
};

export function describeTask({ kind, number, assignment, isStart, seed }: TaskPlace): string {
  const factors = Object.entries(assignment).filter(
    ([path]) => isOf(kind, path) && !(isStart && path.startsWith('schedule.selfCritical.')),
  );
  const words = factors.flatMap(([path, value]) => describeValue(path, value));
  if (isStart) words.push('cross-entropy');
  if (seed !== null && kind !== 'features') words.push(`seed ${seed}`);
  const name = kind === 'features' ? 'features' : `${kind} ${number}`;
  return words.length === 0 ? name : `${name}: ${words.join(', ')}`;
}

/** Decoding does not change a training, and only the encoder and the data change features. */
function isOf(kind: TaskKind, path: string): boolean {
  if (kind === 'evaluation') return true;
  if (kind === 'training') return !path.startsWith('decode.');
  return path.startsWith('encoder.') || path === 'data.limit';
}

/** A word speaks for itself, a switch is named where it is on, the rest goes with its name. */
function describeValue(path: string, value: FactorValue): string[] {
  const names = path.split('.');
  const last = names.at(-1) ?? path;
  // `name` says nothing without what it names.
  const name = last === 'name' ? (names.at(-2) ?? last) : last;
  if (typeof value === 'boolean') return value ? [name] : [];
  if (typeof value === 'string') return [value];
  return [`${name} ${value ?? 'none'}`];
}
