/** Recorded steps against the same steps as they are. */
import { adamStep, registerGradients } from '@capgrid/ops';
import * as tf from '@tensorflow/tfjs-core';
import { captureStep } from '../src/libtorch/capture-step.ts';
import { activeBackend, wave } from './device-tests.mjs';
import { beforeAll, expect, test } from './test-runner.mjs';

const [ROWS, WIDTH] = [8, 32];
const SETTINGS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, clip: { kind: 'norm', value: 1 } };

/** A small network with its optimizer; `step` takes x [rows, 32], y [rows, 1] and the rate [1]. */
function makeModel() {
  const make = (/** @type {number[]} */ shape, /** @type {number} */ seed) =>
    tf.tidy(() => tf.variable(tf.tensor(wave(tf.util.sizeFromShape(shape), seed), shape)));
  const zeros = (/** @type {number[]} */ shape) => tf.tidy(() => tf.variable(tf.zeros(shape)));
  const shapes = [[WIDTH, WIDTH], [WIDTH], [WIDTH, 1]];
  const weights = shapes.map((shape, i) => make(shape, i));
  const [m, v] = [shapes.map(zeros), shapes.map(zeros)];
  const step = (/** @type {tf.Tensor[]} */ [x, y, rate]) => {
    const { value, grads } = tf.variableGrads(() => {
      const hidden = tf.tanh(tf.add(tf.matMul(x, weights[0]), weights[1]));
      // A constant from the host: it must survive in the recording.
      const scale = tf.tensor1d(Float32Array.from({ length: WIDTH }, (_, i) => 1 + i / WIDTH));
      const error = tf.sub(tf.matMul(tf.mul(hidden, scale), weights[2]), y);
      return tf.div(tf.sum(tf.square(error)), error.size);
    }, weights);
    const parameters = weights.map((weight, i) => ({
      weight,
      gradient: grads[weight.name],
      m: m[i],
      v: v[i],
    }));
    return [value, adamStep(rate, parameters, SETTINGS)];
  };
  const dispose = () => tf.dispose([...weights, ...m, ...v]);
  return { weights, step, dispose };
}

/**
 * @param {number} update
 * @param {number} rows
 */
function inputsOf(update, rows = ROWS) {
  return [
    tf.tensor2d(wave(rows * WIDTH, update), [rows, WIDTH]),
    tf.tensor2d(wave(rows, update + 100), [rows, 1]),
    tf.tensor1d([0.01 / (1 + update)]),
  ];
}

/**
 * @param {(inputs: tf.Tensor[]) => tf.Tensor[]} step
 * @param {number} update
 * @param {number} [rows]
 */
function runOnce(step, update, rows) {
  return tf.tidy(() => step(inputsOf(update, rows)).map((output) => output.dataSync()[0]));
}

/** Uses GPU memory that a wrong recording might still refer to. */
function churn() {
  tf.tidy(() => {
    for (let size = 1; size < 1 << 20; size *= 4) tf.fill([size], Number.NaN);
  });
}

/**
 * The libraries may sum in another order when they are recorded: 24 updates of sums of 32 terms.
 *
 * @param {ArrayLike<number | undefined> | undefined} actual
 * @param {ArrayLike<number | undefined>} expected
 * @param {string} what
 */
function expectClose(actual, expected, what) {
  expect(actual?.length, what).toBe(expected.length);
  for (let i = 0; i < expected.length; i += 1) {
    const [value, wanted] = [actual?.[i] ?? Number.NaN, expected[i] ?? Number.NaN];
    expect(Math.abs(value - wanted) / (1 + Math.abs(wanted)), `${what}, value ${i}`).toBeLessThan(
      1e-4,
    );
  }
}

/** Fallbacks are failures here. */
const strict = {
  onFallback: (/** @type {unknown} */ cause) => {
    throw cause;
  },
};

export function describeRecording() {
  beforeAll(registerGradients);

  test('20 updates with other inputs and rates equal the updates without a recording', () => {
    const [plain, recorded] = [makeModel(), makeModel()];
    const step = captureStep(recorded.step, strict);
    for (let update = 0; update < 20; update += 1) {
      // Two sets of shapes, in turns.
      const rows = update % 3 === 0 ? ROWS / 2 : ROWS;
      const expected = runOnce(plain.step, update, rows);
      churn();
      expectClose(runOnce(step, update, rows), expected, `update ${update}`);
    }
    for (const [i, weight] of plain.weights.entries()) {
      expectClose(recorded.weights[i]?.dataSync(), weight.dataSync(), `weight ${i}`);
    }
    step.dispose();
    plain.dispose();
    recorded.dispose();
  });

  test('memory stays the same over 500 replays, and is given back', () => {
    const { binding } = activeBackend();
    // The first products bring the libraries' workspace, which stays.
    const first = makeModel();
    runOnce(first.step, 0);
    first.dispose();
    const { numTensors } = tf.memory();
    binding.synchronize();
    const start = binding.gpuMemory().allocated;
    const model = makeModel();
    const step = captureStep(model.step, strict);
    for (let update = 0; update < 4; update += 1) runOnce(step, update);
    const [tensors, allocated] = [tf.memory().numTensors, binding.gpuMemory().allocated];
    for (let update = 0; update < 500; update += 1) runOnce(step, update);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(binding.gpuMemory().allocated).toBe(allocated);
    step.dispose();
    model.dispose();
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(binding.gpuMemory().allocated).toBe(start);
  });

  test('more shapes than recordings are kept still compute the same', () => {
    const [plain, recorded] = [makeModel(), makeModel()];
    const step = captureStep(recorded.step, { ...strict, maxRecordings: 2 });
    for (let update = 0; update < 24; update += 1) {
      const rows = 1 + (Math.floor(update / 3) % 4);
      const expected = runOnce(plain.step, update, rows);
      expectClose(runOnce(step, update, rows), expected, `update ${update}`);
    }
    step.dispose();
    plain.dispose();
    recorded.dispose();
  });

  test('a variable that was assigned to outside has its new value in the next update', () => {
    const [plain, recorded] = [makeModel(), makeModel()];
    const step = captureStep(recorded.step, strict);
    for (let update = 0; update < 12; update += 1) {
      const expected = runOnce(plain.step, update);
      expectClose(runOnce(step, update), expected, `update ${update}`);
      if (update % 5 !== 4) continue;
      for (const { weights } of [plain, recorded]) {
        tf.tidy(() => weights[1]?.assign(tf.fill([WIDTH], update / 10)));
      }
    }
    step.dispose();
    plain.dispose();
    recorded.dispose();
  });

  test.each([
    {
      rule: 'reads values back',
      fn: (/** @type {tf.Tensor} */ x) => [tf.scalar(tf.sum(x).dataSync()[0] ?? 0)],
    },
    { rule: 'keeps tensors', fn: (/** @type {tf.Tensor} */ x) => [tf.sum(tf.keep(tf.add(x, 1)))] },
    {
      rule: 'assigns to the variable',
      fn: (/** @type {tf.Tensor} */ x, /** @type {tf.Variable} */ variable) => {
        variable.assign(tf.sum(x));
        return [tf.sum(x)];
      },
    },
  ])('a step that $rule is refused when it is recorded, and the engine goes on', ({ rule, fn }) => {
    const variable = tf.tidy(() => tf.variable(tf.scalar(5)));
    let calls = 0;
    const step = captureStep(([x]) => {
      calls += 1;
      return calls === 1 || x === undefined ? [] : fn(x, variable);
    }, strict);
    const call = () => tf.tidy(() => step([tf.ones([3])]));
    call();
    expect(call).toThrow(`The step cannot be recorded: it ${rule}`);
    expect(variable.dataSync()[0]).toBe(5);
    variable.dispose();
    expectRecordingWorks();
  });

  test.each([
    {
      reason: 'a kernel computes on the CPU',
      fn: (/** @type {tf.Tensor} */ x) => [tf.sum(tf.real(tf.fft(tf.complex(x, x))))],
    },
    {
      reason: 'CUDA refuses, and the step goes on',
      fn: (/** @type {tf.Tensor} */ x) => {
        try {
          // Not allowed on a stream that is being recorded: CUDA gives the recording up.
          activeBackend().binding.synchronize();
        } catch {
          // The recording is of no use from here on, which is what is tested.
        }
        return [tf.sum(x)];
      },
    },
  ])('when $reason, the step runs without a recording, and later ones work', ({ fn }) => {
    let fallbacks = 0;
    const step = captureStep(([x]) => (x === undefined ? [] : fn(x)), {
      onFallback: () => {
        fallbacks += 1;
      },
    });
    const results = [1, 2, 3, 4].map((value) =>
      tf.tidy(() => step([tf.fill([4], value)])[0]?.dataSync()[0]),
    );
    expect(results).toEqual([4, 8, 12, 16]);
    expect(fallbacks).toBe(1);
    expectRecordingWorks();
    // Memory that the failed recording may have left behind must not be given out twice.
    expect(tf.tidy(() => tf.sum(tf.ones([1 << 20])).dataSync()[0])).toBe(1 << 20);
  });

  test.each([
    {
      what: 'view',
      take: (/** @type {tf.Tensor} */ weight) => tf.slice(weight, [0, 0], [1, WIDTH]),
      reason: 'of which a view is in use',
    },
    {
      what: 'clone',
      take: (/** @type {tf.Tensor} */ weight) => tf.clone(weight),
      reason: 'while a clone or reshape of it is alive',
    },
  ])('with a $what of a weight in use, the step runs as it is and no weight is lost', (given) => {
    const [plain, recorded] = [makeModel(), makeModel()];
    /** @type {unknown[]} */
    const causes = [];
    const [weight] = recorded.weights;
    if (weight === undefined) throw new RangeError('a model without weights');
    const step = captureStep((inputs) => [given.take(weight), ...recorded.step(inputs)], {
      onFallback: (cause) => causes.push(cause),
    });
    for (let update = 0; update < 6; update += 1) {
      const before = weight.dataSync()[0];
      const expected = runOnce(plain.step, update);
      const [seen, ...others] = runOnce(step, update);
      // What was taken before the update keeps the old values.
      expect(seen).toBe(before);
      expectClose(others, expected, `update ${update}`);
    }
    for (const [i, each] of plain.weights.entries()) {
      expectClose(recorded.weights[i]?.dataSync(), each.dataSync(), `weight ${i}`);
    }
    expect(causes.length).toBe(1);
    expect(() => {
      throw causes[0];
    }).toThrow(given.reason);
    step.dispose();
    plain.dispose();
    recorded.dispose();
    expectRecordingWorks();
  });

  test('a replay costs less than starting the kernels one by one', () => {
    const [plain, recorded] = [makeModel(), makeModel()];
    const step = captureStep(recorded.step, strict);
    const { binding } = activeBackend();
    const timeOf = (/** @type {(inputs: tf.Tensor[]) => tf.Tensor[]} */ run) => {
      const inputs = inputsOf(1);
      const once = () => tf.dispose(tf.tidy(() => run(inputs)));
      for (let round = 0; round < 20; round += 1) once();
      binding.synchronize();
      const started = performance.now();
      for (let round = 0; round < 200; round += 1) once();
      binding.synchronize();
      tf.dispose(inputs);
      return (performance.now() - started) / 200;
    };
    const [asItIs, replayed] = [timeOf(plain.step), timeOf(step)];
    process.stderr.write(`a step: ${asItIs.toFixed(3)} ms, replayed: ${replayed.toFixed(3)} ms\n`);
    step.dispose();
    plain.dispose();
    recorded.dispose();
    expect(replayed, 'milliseconds').toBeLessThan(asItIs);
  });
}

function expectRecordingWorks() {
  const step = captureStep(([x]) => (x === undefined ? [] : [tf.sum(x)]), strict);
  const results = [1, 2, 3, 4].map((value) =>
    tf.tidy(() => step([tf.fill([5], value)])[0]?.dataSync()[0]),
  );
  step.dispose();
  expect(results).toEqual([5, 10, 15, 20]);
}
