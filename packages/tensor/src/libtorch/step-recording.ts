/** What happens to tensors while a step is recorded. */
import type { DataId } from '@tensorflow/tfjs-core';
import { StepRuleError } from '../errors.js';

export class StepRecording {
  private readonly read = new Set<DataId>();
  /** Native ids of the tensors that are changed in place. */
  private readonly changed = new Map<DataId, number>();
  private problem: Error | null = null;

  noteRead(dataId: DataId): void {
    this.read.add(dataId);
  }

  noteChange(dataId: DataId, id: number): void {
    this.read.add(dataId);
    this.changed.set(dataId, id);
  }

  hasRead(dataId: DataId): boolean {
    return this.read.has(dataId);
  }

  owned(): DataId[] {
    return [...this.changed.keys()];
  }

  ownedIds(): number[] {
    return [...this.changed.values()];
  }

  /** A broken rule, which the caller is told. */
  note(problem: string): Error {
    return this.remember(new StepRuleError(problem));
  }

  /** What only this recording cannot hold: the step can run without one. */
  fail(problem: string): Error {
    return this.remember(new Error(problem));
  }

  throwProblem(): void {
    if (this.problem !== null) throw this.problem;
  }

  /** The first problem stays, since the step may catch the error. */
  private remember(error: Error): Error {
    this.problem ??= error;
    return this.problem;
  }
}
