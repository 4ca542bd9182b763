import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../checkpoint/safetensors.js';
import type { Engine } from '../engine.js';
import { startTestEngine } from '../testing/test-engine.js';
import { tinySpec, tinyTask } from '../testing/tiny-task.js';
import { trainCaptioner, type TrainCaptionerOptions } from './train-captioner.js';
import { decodeTrainingState, encodeTrainingState, type TrainingState } from './training-state.js';

let engine: Engine;
let options: TrainCaptionerOptions;
/** After two updates of an epoch of three. */
let state: TrainingState;
beforeAll(async () => {
  engine = await startTestEngine();
  const { captions, features, vocabularySize } = tinyTask(10);
  const plateau = { moments: 'best' };
  const spec = tinySpec({ schedule: { maxSteps: 4, checkpointEvery: 2, plateau } });
  const [train, val] = [{ captions }, { captions }];
  options = { engine, spec, vocabularySize, train, val, features };
  const states: TrainingState[] = [];
  await trainCaptioner({ ...options, onCheckpoint: (c) => void states.push(c.state) });
  if (states[0] === undefined) throw new Error('No checkpoint came.');
  [state] = states;
});

describe('a file of a training state', () => {
  test('opens for the training that wrote it', () => {
    expect(decodeTrainingState(encodeTrainingState(state, 'one'), 'one')).toEqual(state);
    const before = { ...state, validatedStep: null, kept: [] };
    expect(decodeTrainingState(encodeTrainingState(before, 'one'), 'one')).toEqual(before);
  });

  test('of before engines were kept opens without them', () => {
    const { arrays, metadata } = decodeSafetensors(encodeTrainingState(state, 'one'));
    const { engines, ...progress } = JSON.parse(metadata['progress'] ?? '') as TrainingState;
    expect(engines).toEqual(state.engines);
    const bytes = encodeSafetensors(arrays, { ...metadata, progress: JSON.stringify(progress) });
    expect(decodeTrainingState(bytes, 'one')).toEqual({ ...state, engines: [] });
  });

  test('of another training is refused by its name', () => {
    expect(() => decodeTrainingState(encodeTrainingState(state, 'one'), 'two')).toThrow(
      'The state belongs to the training "one", not to "two".',
    );
  });

  test.each([
    ['step', { step: 1.5 }],
    ['epoch', { epoch: -3 }],
    ['batch', { batch: null }],
    ['validatedStep', { validatedStep: 3 }],
    ['learningRate', { plateau: { learningRate: null, sinceChange: 0, sinceBest: 0 } }],
    ['sinceBest', { plateau: { learningRate: 0.1, sinceChange: 0, sinceBest: 0.5 } }],
    ['adamUpdates', { adamUpdates: 2 }],
    ['decoder', { adamUpdates: { decoder: -1 } }],
    ['kept', { kept: 'all' }],
    ['engines', { engines: 'wasm' }],
    ['device', { engines: [{ name: 'wasm', version: '4', device: 1, threads: 1, blas: null }] }],
    ['threads', { engines: [{ name: 'wasm', version: '4', device: 'cpu', threads: 0.5 }] }],
    ['perplexity', { kept: [{ step: 2, perplexity: '9', ciderD: null, adamUpdates: null }] }],
  ])('with a damaged %s is refused: %j', (name, change) => {
    const { arrays, metadata } = decodeSafetensors(encodeTrainingState(state, 'one'));
    const progress = { ...(JSON.parse(metadata['progress'] ?? '') as object), ...change };
    const bytes = encodeSafetensors(arrays, { ...metadata, progress: JSON.stringify(progress) });
    expect(() => decodeTrainingState(bytes, 'one')).toThrow(`The training state's "${name}" is`);
  });
});

describe('resuming from a state that does not fit', () => {
  const kept = (of: TrainingState) => of.kept[0]!;
  test.each<[string, (of: TrainingState) => TrainingState]>([
    ['a batch that no epoch has', (of) => ({ ...of, batch: 3, step: 3 })],
    ['a step of another place', (of) => ({ ...of, step: 7 })],
    ['missing weights', (of) => ({ ...of, weights: of.weights.slice(1) })],
    [
      'a weight too many',
      (of) => ({ ...of, weights: [...of.weights, { ...of.weights[0]!, name: 'more' }] }),
    ],
    ['missing moments', (of) => ({ ...of, moments: { ...of.moments, first: [] } })],
    [
      'moments of another shape',
      (of) => ({
        ...of,
        moments: {
          ...of.moments,
          second: of.moments.second.map((m) => ({ ...m, shape: [...m.shape, 1] })),
        },
      }),
    ],
    ['kept without weights', (of) => ({ ...of, kept: [{ ...kept(of), weights: [] }] })],
    [
      'kept without moments',
      (of) => ({ ...of, kept: [{ ...kept(of), moments: { ...of.moments, second: [] } }] }),
    ],
  ])('%s is a mismatch before the first update, and leaves no tensors', async (_, change) => {
    const before = tf.memory().numTensors;
    const steps: unknown[] = [];
    await expect(
      trainCaptioner({ ...options, resume: change(state), onProgress: (s) => steps.push(s) }),
    ).rejects.toMatchObject({ name: 'StateMismatchError', code: 'checkpoint' });
    expect(steps).toEqual([]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
