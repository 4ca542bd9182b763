/** What happens to tensors while a step is recorded. */
import type { DataId } from '@tensorflow/tfjs-core';
import { StepRuleError } from '../errors.js';

export class StepRecording {
  private readonly read = new Set<DataId>();
  /** Native ids of the tensors that are changed in place. */
  private readonly changed = new Map<DataId, number>();
  private problem: StepRuleError | null = null;

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

  /** The first broken rule is remembered, since whoever breaks one may catch the error. */
  note(problem: string): StepRuleError {
    this.problem ??= new StepRuleError(problem);
    return this.problem;
  }

  throwProblem(): void {
    if (this.problem !== null) throw this.problem;
  }
}
