/**
 * Runs training steps of one captioner on one engine, on request. Speaks the same lines as
 * pytorch/train.py: "steps N" and "profile"; "steps N B" takes the first B captions of the batch.
 */
import {
  Adam,
  createCaptioner,
  createTrainingStep,
  recorded,
  scalarInputs,
  SPECIAL_IDS,
} from '@capgrid/models';
import { registerGradients } from '@capgrid/ops';
import { dispose, slice, type Tensor } from '@tensorflow/tfjs-core';
import { loadTensor, loadWeights } from '../captioning/load-task.js';
import { specOf } from '../captioning/models.js';
import { readTaskFile } from '../captioning/task-file.js';
import { profileKernels } from '../run/profile-kernels.js';
import { serveLines } from '../run/serve-lines.js';
import { startChildEngine, type EngineChoice } from '../run/start-child-engine.js';
import type { TrainTask } from './task.js';

interface Options extends EngineChoice {
  readonly task: string;
}

const options = JSON.parse(process.argv[2] ?? '{}') as Options;
const engine = await startChildEngine(options);
const file = readTaskFile<TrainTask>(options.task);
const { task } = file;
registerGradients();
const weights = loadWeights(file);
const adam = Adam.over(weights, optimizer(task), null);
const captioner = createCaptioner(specOf(task.model, task.sizes), weights);
const plain = createTrainingStep(captioner, weights, adam, { labelSmoothing: 0, entropyWeight: 0 });
const step = recorded(plain, engine.captureStep);
const whole = {
  features: loadTensor(file, 'features'),
  inputs: loadTensor(file, 'inputs'),
  targets: loadTensor(file, 'targets'),
};
/** By number of captions. */
const batches = new Map<number, Batch>();

await serveLines(
  {
    version: engine.version,
    device: engine.device,
    threads: engine.threads,
    blas: engine.blas,
    parameters: [...weights.values()].reduce((total, { size }) => total + size, 0),
  },
  { steps: runSteps, profile: async () => ({ table: await profile() }) },
);

async function runSteps(
  count: number,
  size = task.sizes.batch,
): Promise<{ ms: number; loss: number }> {
  const { tensors, words } = batches.get(size) ?? (await firstCaptions(size));
  const started = performance.now();
  let results: Tensor[] = [];
  for (let i = 0; i < count; i += 1) {
    dispose(results);
    const scalars = scalarInputs(words, adam.nextRates([task.learningRate]));
    results = step({ ...tensors, ...scalars, mask: null, noise: {}, captionWeights: null });
    dispose({ ...scalars });
  }
  const [loss = Number.NaN] = (await results[0]?.data()) ?? [];
  dispose(results);
  return { ms: (performance.now() - started) / count, loss };
}

interface Batch {
  readonly tensors: typeof whole;
  /** Targets that are not padding. */
  readonly words: number;
}

async function firstCaptions(size: number): Promise<Batch> {
  const { regions, channels, words } = task.sizes;
  const tensors = {
    features: slice(whole.features, [0, 0, 0], [size, regions, channels]),
    inputs: slice(whole.inputs, [0, 0], [words, size]),
    targets: slice(whole.targets, [0, 0], [words, size]),
  };
  const ids = await tensors.targets.data<'int32'>();
  const batch = { tensors, words: ids.filter((id) => id !== SPECIAL_IDS.pad).length };
  batches.set(size, batch);
  return batch;
}

async function profile(): Promise<string> {
  return profileKernels(async () => {
    await runSteps(1);
  });
}

function optimizer({ learningRate, clip }: TrainTask) {
  return {
    kind: 'adam',
    learningRate,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    clip: { kind: 'element', value: clip },
  } as const;
}
