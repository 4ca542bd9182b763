/**
 * Runs training steps of one captioner on one engine, on request. Speaks the same lines as
 * pytorch/train.py: "steps N" and "profile".
 */
import {
  Adam,
  captionerParameters,
  createCaptioner,
  createTrainingStep,
  recorded,
  scalarInputs,
} from '@capgrid/models';
import { registerGradients } from '@capgrid/ops';
import { dispose, tensor, tidy, variable, type Tensor } from '@tensorflow/tfjs-core';
import { profileKernels } from '../run/profile-kernels.js';
import { serveLines } from '../run/serve-lines.js';
import { startChildEngine, type EngineChoice } from '../run/start-child-engine.js';
import { specOf } from './models.js';
import { readTask, type Task } from './task.js';

interface Options extends EngineChoice {
  readonly task: string;
}

const options = JSON.parse(process.argv[2] ?? '{}') as Options;
const engine = await startChildEngine(options);
const { task, valuesOf } = readTask(options.task);
registerGradients();
const spec = specOf(task.model, task.sizes);

const weights = new Map(
  captionerParameters(spec, task.sizes).map(({ name }) => {
    const { data, shape } = valuesOf(name);
    return [name, tidy(() => variable(tensor(data, shape)))];
  }),
);
const adam = Adam.over(weights, optimizer(task), null);
const plain = createTrainingStep(createCaptioner(spec, weights), weights, adam, {
  labelSmoothing: 0,
  entropyWeight: 0,
});
const step = recorded(plain, engine.captureStep);
const batch = {
  features: inputOf('features'),
  inputs: inputOf('inputs'),
  targets: inputOf('targets'),
  mask: null,
  noise: {},
  captionWeights: null,
};
const targetWords = valuesOf('targets').data.filter((id) => id !== task.padId).length;

await serveLines(
  {
    version: engine.version,
    device: engine.device,
    threads: engine.threads,
    blas: engine.blas,
    parameters: [...weights.values()].reduce((total, { size }) => total + size, 0),
  },
  { steps: (count) => runSteps(Number(count)), profile: async () => ({ table: await profile() }) },
);

async function runSteps(count: number): Promise<{ ms: number; loss: number }> {
  const started = performance.now();
  let results: Tensor[] = [];
  for (let i = 0; i < count; i += 1) {
    dispose(results);
    const scalars = scalarInputs(targetWords, adam.nextRates([task.learningRate]));
    results = step({ ...batch, ...scalars });
    dispose({ ...scalars });
  }
  const [loss = Number.NaN] = (await results[0]?.data()) ?? [];
  dispose(results);
  return { ms: (performance.now() - started) / count, loss };
}

async function profile(): Promise<string> {
  return profileKernels(async () => {
    await runSteps(1);
  });
}

function inputOf(name: string): Tensor {
  const { data, shape } = valuesOf(name);
  return tensor(data, shape, data instanceof Int32Array ? 'int32' : 'float32');
}

function optimizer({ learningRate, clip }: Task) {
  return {
    kind: 'adam',
    learningRate,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    clip: { kind: 'element', value: clip },
  } as const;
}
