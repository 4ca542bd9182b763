/** Records steps as CUDA graphs. The rules it enforces are those of captureStep. */
import { engine, tidy, type DataId, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { StepRuleError } from '../errors.js';
import type { LibtorchBackend } from './backend.js';
import type { Step, StepRecorder } from './step-buckets.js';
import { StepRecording } from './step-recording.js';

/** What a recorded step was recorded with, so that it is not replayed with something else. */
interface Recorded {
  readonly outputs: number;
  /** The variables it reads, with the data they had. */
  readonly variables: readonly VariableState[];
  /** What it changes in place. */
  readonly owned: readonly DataId[];
}

interface VariableState {
  readonly variable: Variable;
  readonly dataId: DataId;
}

export class GpuStepRecorder implements StepRecorder {
  private readonly recorded = new Map<number, Recorded>();

  constructor(private readonly backend: LibtorchBackend) {}

  isRecording(): boolean {
    return this.backend.recording !== null;
  }

  record(fn: Step, inputs: readonly Tensor[]): number {
    const { backend } = this;
    const { binding } = backend;
    const variables = allVariables();
    const { numTensors } = engine().memory();
    const recording = new StepRecording();
    let outputs = 0;
    let step: number | null = null;
    binding.beginRecording(inputs.map((input) => backend.id(input)));
    const copies = backend.results(inputs.length);
    backend.recording = recording;
    const allowAssign = forbidAssign(variables, recording, backend);
    try {
      tidy(() => {
        const own = copies.map((info) => engine().makeTensorFromTensorInfo(info, backend));
        const made = fn(own);
        checkVariables(variables);
        recording.throwProblem();
        const ids = made.map((output) => backend.id(output));
        outputs = ids.length;
        step = binding.endRecording(ids, recording.ownedIds());
      });
    } catch (error) {
      // A rule that was broken explains whatever came of it.
      recording.throwProblem();
      throw error;
    } finally {
      backend.recording = null;
      binding.abandonRecording();
      allowAssign();
    }
    if (step === null) throw new Error('the step was not recorded');
    const kept = engine().memory().numTensors - numTensors;
    if (kept > 0) {
      binding.freeStep(step);
      throw new StepRuleError(`it keeps tensors beyond its call (${kept}), by tf.keep or the like`);
    }
    this.recorded.set(step, {
      outputs,
      variables: variables.filter(({ dataId }) => recording.hasRead(dataId)),
      owned: recording.owned(),
    });
    return step;
  }

  run(step: number, inputs: readonly Tensor[]): Tensor[] | null {
    const { backend } = this;
    const { binding } = backend;
    const recorded = this.recorded.get(step);
    if (recorded === undefined) throw new Error(`there is no recorded step ${step}`);
    if (recorded.variables.some(isReplaced)) return null;
    for (const dataId of recorded.owned) {
      // A clone must keep its values, which running the step as it is takes care of.
      if (!backend.ownsValues(dataId)) return null;
      backend.forgetShapes(dataId);
    }
    if (binding.isStale(step)) return null;
    binding.replay(
      step,
      inputs.map((input) => backend.id(input)),
    );
    return backend
      .results(recorded.outputs)
      .map((info) => engine().makeTensorFromTensorInfo(info, backend));
  }

  free(step: number): void {
    this.recorded.delete(step);
    this.backend.binding.freeStep(step);
  }
}

function allVariables(): VariableState[] {
  return Object.values(engine().registeredVariables).map((variable) => ({
    variable,
    dataId: variable.dataId,
  }));
}

function isReplaced({ variable, dataId }: VariableState): boolean {
  return variable.isDisposed || variable.dataId !== dataId;
}

/**
 * An assignment would put a value into the variable that is never computed, only recorded. So it
 * throws before it does anything. That of a variable which shares its values with a clone breaks no
 * rule: the optimizer gives it values of its own before it changes them.
 *
 * @returns a function that allows it again
 */
function forbidAssign(
  variables: readonly VariableState[],
  recording: StepRecording,
  backend: LibtorchBackend,
): () => void {
  for (const { variable, dataId } of variables) {
    variable.assign = () => {
      throw backend.ownsValues(dataId)
        ? recording.note(
            `it assigns to the variable "${variable.name}"; change it in place instead, as the kernel AdamStep does`,
          )
        : recording.fail(
            `the variable "${variable.name}" gets other values while a clone or reshape of it is alive`,
          );
    };
  }
  return () => {
    for (const { variable } of variables) Reflect.deleteProperty(variable, 'assign');
  };
}

function checkVariables(before: readonly VariableState[]): void {
  const replaced = before.find(isReplaced);
  if (replaced !== undefined) {
    throw new StepRuleError(
      `it disposes of the variable "${replaced.variable.name}" or gives it other data, and its value is lost`,
    );
  }
  const known = new Set(before.map(({ variable }) => variable));
  const made = Object.values(engine().registeredVariables).filter(
    (variable) => !known.has(variable),
  );
  const [first] = made;
  if (first === undefined) return;
  for (const variable of made) variable.dispose();
  throw new StepRuleError(
    `it makes the variable "${first.name}"; make it in the first call or before`,
  );
}
