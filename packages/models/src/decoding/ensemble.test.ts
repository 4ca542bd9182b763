import * as tf from '@tensorflow/tfjs-core';
import { DecodeSpec } from '@capgrid/contracts';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Decoder } from '../captioner/captioner.js';
import { captionerParameters } from '../captioner/create-captioner.js';
import type { Engine } from '../engine.js';
import { imageTensors } from '../features.js';
import { initialiseParameters } from '../parameters.js';
import { Rng } from '../rng.js';
import { tableImages, TableDecoder } from '../testing/table-decoder.js';
import { startTestEngine } from '../testing/test-engine.js';
import { sizesOf, tinySpec, tinyTask } from '../testing/tiny-task.js';
import { decodeCaptions, type DecodedModel } from './decode-captions.js';
import { ensembleOf } from './ensemble.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

describe('an ensemble', () => {
  const members = [new TableDecoder(3, 1), new TableDecoder(3, 2), new TableDecoder(3, 3, 2)];

  /** Log-probabilities of the second word after word 4, and the attention. */
  function stepTwice(combine: DecodeSpec['combine']) {
    return tf.tidy(() => {
      const decoder = ensembleOf(members, combine);
      const images = decoder.encode(imageTensors(tableImages(), [0, 1]));
      const words = (id: number) => tf.tensor1d([id, id], 'int32');
      const { state } = decoder.step(images, decoder.begin(images, 2), words(2));
      const { logits, alpha } = decoder.step(images, state, words(4));
      return {
        logProbs: [...tf.logSoftmax(logits).dataSync()],
        alpha: [...(alpha?.().dataSync() ?? [])],
      };
    });
  }

  const probabilities = [0, 1].map((image) =>
    members.map((member) => member.logProbs(image, [4]).map(Math.exp)),
  );
  const mean = (values: readonly number[]): number =>
    values.reduce((a, b) => a + b, 0) / values.length;

  test('linear: the mean of the probabilities', () => {
    const expected = probabilities.flatMap((ofImage) =>
      Array.from({ length: 6 }, (_, word) => Math.log(mean(ofImage.map((p) => p[word] ?? 0)))),
    );
    for (const [i, x] of stepTwice('linear').logProbs.entries()) {
      expect(x).toBeCloseTo(expected[i] ?? 0, 4);
    }
  });

  test('linear: a word so unlikely that its probability is 0 as float32 keeps its logarithm', () => {
    const unlikely = (logit: number): Decoder => ({
      maxWords: null,
      encode: () => ({}),
      begin: () => ({}),
      step: () => ({ state: {}, logits: tf.tensor2d([[0, logit]]), alpha: null }),
    });
    const logProbs = tf.tidy(() => {
      const decoder = ensembleOf([unlikely(-120), unlikely(-122)], 'linear');
      const { logits } = decoder.step({}, {}, tf.tensor1d([4], 'int32'));
      return [...tf.logSoftmax(logits).dataSync()];
    });
    expect(logProbs[0]).toBeCloseTo(0, 5);
    // ln((e^-120 + e^-122) / 2) = -120 + ln((1 + e^-2) / 2)
    expect(logProbs[1]).toBeCloseTo(-120.566, 2);
  });

  test('log_linear: the renormalised geometric mean', () => {
    const expected = probabilities.flatMap((ofImage) => {
      const products = Array.from({ length: 6 }, (_, word) =>
        Math.exp(mean(ofImage.map((p) => Math.log(p[word] ?? 0)))),
      );
      const total = products.reduce((a, b) => a + b, 0);
      return products.map((p) => Math.log(p / total));
    });
    for (const [i, x] of stepTwice('log_linear').logProbs.entries()) {
      expect(x).toBeCloseTo(expected[i] ?? 0, 4);
    }
  });

  test('attention is the mean, and the shortest limit holds', () => {
    const { alpha } = stepTwice('linear');
    // All members attend alike: softmax([0, 1]).
    for (const [i, x] of [0.2689, 0.7311, 0.2689, 0.7311].entries()) {
      expect(alpha[i]).toBeCloseTo(x, 4);
    }
    expect(ensembleOf(members, 'linear').maxWords).toBe(2);
  });

  test('one decoder is no ensemble', () => {
    expect(ensembleOf(members.slice(0, 1), 'linear')).toBe(members[0]);
  });
});

describe('captions of several models', () => {
  const task = tinyTask(6);

  function model(seed: number, options: Readonly<Record<string, unknown>>): DecodedModel {
    const spec = tinySpec({ model: options }).model;
    const plans = captionerParameters(spec, sizesOf(task));
    const weights = initialiseParameters(plans, Rng.from(seed)).map((array) => ({
      ...array,
      values: array.values.map((x) => 3 * x),
    }));
    return { weights, spec, trainedWords: 10 };
  }

  const decodeWith = (models: readonly DecodedModel[], changes: Partial<DecodeSpec> = {}) =>
    decodeCaptions({
      engine,
      models,
      vocabularySize: task.vocabularySize,
      decode: DecodeSpec.parse({ beam: 3, maxWords: 6, attention: true, ...changes }),
      features: task.features,
      imageIndices: [0, 1, 2, 3, 4, 5],
    });

  test.each(['linear', 'log_linear'] as const)(
    '%s: a model beside itself writes what it writes alone',
    async (combine) => {
      const one = model(1, {});
      const alone = await decodeWith([one]);
      const twice = await decodeWith([one, one], { combine });
      for (const [i, caption] of twice.entries()) {
        expect(caption.tokens).toEqual(alone[i]?.tokens);
        expect(caption.logProb).toBeCloseTo(alone[i]?.logProb ?? 0, 4);
      }
    },
  );

  test('differ from those of each, work across options and families, and leave no tensor', async () => {
    const models = [
      model(1, {}),
      model(2, { attention: { kind: 'dot' }, globalInMemory: false, hidden: 12 }),
      model(3, { decoder: 'show-attend-tell', attentionHidden: 8 }),
    ];
    const before = tf.memory().numTensors;
    const together = await decodeWith(models);
    expect(tf.memory().numTensors).toBe(before);
    const texts = (captions: readonly { tokens: readonly number[] }[]): string =>
      captions.map(({ tokens }) => tokens.join(' ')).join('; ');
    for (const one of models) {
      expect(texts(await decodeWith([one]))).not.toBe(texts(together));
    }
    for (const { attention, tokens } of together) {
      expect(attention?.length).toBe(tokens.length);
      // Not every model sees a global region: those that do not give it nothing.
      for (const row of attention ?? []) {
        expect(row.length).toBe(4);
        expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      }
    }
  });

  test('without a model there is nothing to decode', async () => {
    await expect(decodeWith([])).rejects.toThrow('There is no model to decode with.');
  });
});
