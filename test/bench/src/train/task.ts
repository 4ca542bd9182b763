/** The training task of all contenders: start values of a captioner and one batch. */
import { captionerParameters, Rng, SPECIAL_COUNT, SPECIAL_IDS } from '@capgrid/models';
import type { CaptionerTask } from '../captioning/load-task.js';
import { specOf, type ModelName } from '../captioning/models.js';
import type { Sizes } from '../captioning/sizes.js';
import { newTaskFolder, sizeOf, writeTaskFile, type TaskArray } from '../captioning/task-file.js';

export interface TrainTask extends CaptionerTask {
  readonly learningRate: number;
  /** Gradients are clamped to [-clip, clip]. */
  readonly clip: number;
  readonly padId: number;
  /** Numbers that are learned. */
  readonly parameters: number;
}

/** The caller removes the folder with `removeTask`. */
export function writeTrainTask(
  model: ModelName,
  sizes: Sizes,
): { folder: string; task: TrainTask } {
  const rng = Rng.from(7);
  const plans = captionerParameters(specOf(model, sizes), sizes);
  const start = plans.map(({ name, shape, start: startOf }): TaskArray => ({
    name,
    shape,
    data: startOf(rng.fork(name), sizeOf(shape)),
  }));
  const { inputs, targets } = captions(sizes, rng.fork('captions'));
  const { batch, words, regions, channels } = sizes;
  const task: TrainTask = {
    model,
    sizes,
    learningRate: 3e-4,
    clip: 1,
    padId: SPECIAL_IDS.pad,
    parameters: plans.reduce((total, { shape }) => total + sizeOf(shape), 0),
  };
  const folder = newTaskFolder();
  writeTaskFile(folder, task, [
    ...start,
    { name: 'features', shape: [batch, regions, channels], data: features(sizes, rng) },
    { name: 'inputs', shape: [words, batch], data: inputs },
    { name: 'targets', shape: [words, batch], data: targets },
  ]);
  return { folder, task };
}

/** Non-negative and sparse, as after a ReLU. [batch, regions, channels] */
function features({ batch, regions, channels }: Sizes, rng: Rng): Float32Array {
  const own = rng.fork('features');
  return Float32Array.from({ length: batch * regions * channels }, () =>
    Math.max(0, own.uniform() * 2 - 1),
  );
}

/** Random words; every fourth caption is a word shorter, so that there is padding. [words, batch] */
function captions(
  { batch, words, vocabulary }: Sizes,
  rng: Rng,
): { inputs: Int32Array; targets: Int32Array } {
  const inputs = new Int32Array(words * batch).fill(SPECIAL_IDS.pad);
  const targets = new Int32Array(words * batch).fill(SPECIAL_IDS.pad);
  for (let row = 0; row < batch; row += 1) {
    const length = row % 4 === 3 ? words - 2 : words - 1;
    inputs[row] = SPECIAL_IDS.begin;
    for (let t = 0; t < length; t += 1) {
      const id = SPECIAL_COUNT + rng.integer(vocabulary - SPECIAL_COUNT);
      targets[t * batch + row] = id;
      inputs[(t + 1) * batch + row] = id;
    }
    targets[length * batch + row] = SPECIAL_IDS.end;
  }
  return { inputs, targets };
}
