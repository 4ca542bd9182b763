/** Tensors of a task on the engine of this process. */
import { captionerParameters } from '@capgrid/models';
import { tensor, tidy, variable, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { specOf, type ModelName } from './models.js';
import type { Sizes } from './sizes.js';
import type { TaskFile } from './task-file.js';

export interface CaptionerTask {
  readonly model: ModelName;
  readonly sizes: Sizes;
}

/** The weights of the task's captioner. */
export function loadWeights({ task, valuesOf }: TaskFile<CaptionerTask>): Map<string, Variable> {
  const plans = captionerParameters(specOf(task.model, task.sizes), task.sizes);
  return new Map(
    plans.map(({ name }) => {
      const { data, shape } = valuesOf(name);
      return [name, tidy(() => variable(tensor(data, shape)))];
    }),
  );
}

export function loadTensor({ valuesOf }: TaskFile<unknown>, name: string): Tensor {
  const { data, shape } = valuesOf(name);
  return tensor(data, shape, data instanceof Int32Array ? 'int32' : 'float32');
}
