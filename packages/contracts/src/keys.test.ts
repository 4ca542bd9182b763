import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.js';
import { EncoderSpec } from './encoder-spec.js';
import { evaluationKey, featureKey, hashJson, trainingKey, trialKey } from './keys.js';
import { crossEntropySpec, TrainingSpec } from './training-spec.js';
import type { DecodeSpec } from './decode-spec.js';
import { TrialSpec } from './trial-spec.js';

const inputs = { datasetDigest: 'a'.repeat(64), encoderDigest: null, vectorsDigest: null };
const trial = TrialSpec.parse({
  training: { dataset: 'scenes', encoder: { kind: 'scenes-cnn' } },
  decode: {},
});

describe('keys', () => {
  test('canonical JSON sorts keys at every depth and drops undefined', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 'é' }], a: undefined, A: null })).toBe(
      '{"A":null,"b":[{"c":"é","d":1}]}',
    );
  });

  test('SHA-256 of the canonical JSON, checked with `printf \'{"a":1}\' | sha256sum`', () => {
    expect(hashJson({ a: 1 })).toBe(
      '015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862',
    );
  });

  test('the order of keys never changes a hash', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).toReversed());
        return hashJson(reversed) === hashJson(value);
      }),
    );
  });

  test('decoding changes the trial but not the training', () => {
    const wider = { ...trial, decode: { ...trial.decode, beam: 3 } };
    expect(trainingKey(wider.training, inputs)).toBe(trainingKey(trial.training, inputs));
    expect(trialKey(wider, inputs)).not.toBe(trialKey(trial, inputs));
  });

  test('the version of the metrics, the paraphrases and the SPICE jar change the evaluation only', () => {
    const key = trialKey(trial, inputs);
    const scoring = { version: 1, meteorParaphrasesSha256: null, spiceJarSha256: null };
    const keys = [
      evaluationKey(key, scoring),
      evaluationKey(key, { ...scoring, version: 2 }),
      evaluationKey(key, { ...scoring, meteorParaphrasesSha256: 'a'.repeat(64) }),
      evaluationKey(key, { ...scoring, spiceJarSha256: 'a'.repeat(64) }),
    ];
    expect(new Set(keys).size).toBe(4);
    expect(evaluationKey(key, { ...scoring })).toBe(keys[0]);
  });

  test('seed, dataset content and encoder content change the training', () => {
    const key = trainingKey(trial.training, inputs);
    const others = [
      trainingKey({ ...trial.training, seed: 2 }, inputs),
      trainingKey(trial.training, { ...inputs, datasetDigest: 'b'.repeat(64) }),
      trainingKey(trial.training, { ...inputs, encoderDigest: 'c'.repeat(64) }),
    ];
    expect(new Set([key, ...others]).size).toBe(4);
  });

  test.each(['plan', 'features'])(
    'the name of a %s counts only while its digest is not known',
    (kind) => {
      const unknown = { datasetDigest: null, encoderDigest: null, vectorsDigest: null };
      const known = { ...inputs, encoderDigest: 'c'.repeat(64) };
      const [one, other] = ['scenes', 'copy'].map((name) => ({
        ...trial.training,
        dataset: name,
        encoder: EncoderSpec.parse({ kind, name }),
      }));
      if (one === undefined || other === undefined) throw new Error('two specs were made');
      expect(trainingKey(one, known)).toBe(trainingKey(other, known));
      expect(trainingKey(one, unknown)).not.toBe(trainingKey(other, unknown));
      expect(featureKey({ ...one, limit: null }, known)).toBe(
        featureKey({ ...other, limit: null }, known),
      );
      expect(featureKey({ ...one, limit: null }, unknown)).not.toBe(
        featureKey({ ...other, limit: null }, unknown),
      );
    },
  );

  test('a plan and features are different encoders, even of one digest', () => {
    const known = { ...inputs, encoderDigest: 'c'.repeat(64) };
    const [plan, features] = ['plan', 'features'].map((kind) => {
      const encoder = EncoderSpec.parse({ kind, name: 'x' });
      return featureKey({ dataset: 'scenes', encoder, limit: null }, known);
    });
    expect(plan).not.toBe(features);
  });

  test('options that the chosen kind never reads do not split a key', () => {
    const sum = (alpha: number) =>
      trialKey(
        { ...trial, decode: { ...trial.decode, norm: 'sum', lengthPenalty: { alpha, beta: 2 } } },
        inputs,
      );
    const clipped = (kind: 'none' | 'norm', value: number) => {
      const optimizer = { ...trial.training.optimizer, clip: { kind, value } };
      return trainingKey({ ...trial.training, optimizer }, inputs);
    };
    expect(sum(0.5)).toBe(sum(1));
    expect(clipped('none', 5)).toBe(clipped('none', 1));
    expect(clipped('norm', 5)).not.toBe(clipped('norm', 1));
  });

  test('options that came later leave the keys of kept trainings as they were', () => {
    // The key that this spec had before batchWords, selfCritical and their like were options.
    const kept = '147db2446092bf86a1b8edecf2e07c5f5543c8651a6028fa3d3fddffbcbd9c44';
    expect(trainingKey(trial.training, inputs)).toBe(kept);
    const { scheduledSampling, selfCritical } = trial.training.schedule;
    const key = (schedule: Partial<typeof trial.training.schedule>) =>
      trainingKey(
        { ...trial.training, schedule: { ...trial.training.schedule, ...schedule } },
        inputs,
      );
    expect(key({ scheduledSampling: { ...scheduledSampling, maximum: 0.5 } })).toBe(kept);
    expect(key({ selfCritical: { ...selfCritical, samples: 3 } })).toBe(kept);
    expect(key({ scheduledSampling: { ...scheduledSampling, increase: 0.05 } })).not.toBe(kept);
    expect(key({ selfCritical: { ...selfCritical, epochs: 1 } })).not.toBe(kept);
    const drawing = { ...selfCritical, epochs: 1 };
    const drawn = '02e56e43a511dd30ec7825f38790353e6c158451e17dd8f46da80f0a9db0787c';
    expect(key({ selfCritical: drawing })).toBe(drawn);
    expect(key({ selfCritical: { ...drawing, dropout: false } })).not.toBe(drawn);
    expect(key({ fillUp: 'none' })).toBe(kept);
    expect(key({ fillUp: 'replicate' })).not.toBe(kept);
    expect(key({ batchWords: 600 })).toBe(key({ batchWords: 600, batchSize: 8 }));
  });

  test.each([
    // The keys began so before kernels and the memory of coverage had the fans of MXNet, and before
    // the scales of normalised rows were left as they are.
    ['0b396bc4', false, { decoder: 'fcn' }],
    ['052959e2', true, { decoder: 'fcn', init: 'xavier-average' }],
    ['cd0b9c41', false, { weightNorm: true }],
    ['ab107e39', true, { weightNorm: 'all' }],
    ['b6aeb819', false, { decoder: 'tanh-rnn', attention: { kind: 'dot' } }],
    ['17a0340d', false, { attention: { kind: 'coverage' }, init: 'xavier-average' }],
    ['b92786ed', true, { attention: { kind: 'coverage', coverage: 'tanh' } }],
    ['011fb621', false, { attention: { kind: 'coverage', coverage: 'tanh' }, init: 'uniform' }],
    ['3267a0e5', false, { attention: { kind: 'coverage', coverage: 'gru' } }],
    [
      'a57300df',
      true,
      { attention: { kind: 'coverage', coverage: 'gru' }, init: 'xavier-average' },
    ],
    // And so before the scales of an output that is the embedding were left as they are too.
    ['75d27030', true, { weightNorm: 'all', tieEmbedding: true }],
    ['972bf672', false, { weightNorm: 'all' }],
    ['b147e15f', false, { weightNorm: true, tieEmbedding: true }],
    // And before keys and values of SAT had the fans of two matrices.
    ['862a8654', true, { decoder: 'sat', init: 'xavier-average' }],
    ['0b9592d8', true, { decoder: 'sat', init: 'xavier-average', weightNorm: 'all' }],
    ['a9637e77', false, { decoder: 'sat' }],
  ])('key %s of before is stale: %s, for %o', (before, isStale, model) => {
    const { training } = TrialSpec.parse({ training: { ...trial.training, model }, decode: {} });
    const key = trainingKey(training, inputs).slice(0, 8);
    expect(key !== before).toBe(isStale);
  });

  const hard = { decoder: 'show-attend-tell', locations: 'hard' };
  test.each([
    // The keys began so before costs had no smoothing, beams the means over their words, and samples
    // their own length.
    ['53f0e464', false, { model: hard }],
    ['59207c23', true, { model: hard, schedule: { labelSmoothing: 0.1 } }],
    [
      'b2a99aa7',
      false,
      { model: { ...hard, locations: 'soft' }, schedule: { labelSmoothing: 0.1 } },
    ],
    ['37bf737b', true, { schedule: { selfCritical: { epochs: 1, baseline: 'beam-mean' } } }],
    ['497cf040', true, { schedule: { selfCritical: { epochs: 1, maxWords: 61 } } }],
    // And before samples had no likelihood of marks that are never drawn.
    ['55a41f28', true, { schedule: { selfCritical: { epochs: 1, maxWords: 60 } } }],
    [
      '271d0c34',
      true,
      {
        model: { decoder: 'sat', weightNorm: 'all', tieEmbedding: true },
        schedule: { selfCritical: { epochs: 1 } },
      },
    ],
    // And before the loss of beams was divided by the captions and their longest length.
    ['e689130c', true, { schedule: { selfCritical: { epochs: 1, baseline: 'beam-mean' } } }],
    ['d480ca53', false, { schedule: { selfCritical: { epochs: 1, baseline: 'greedy' } } }],
    ['147db244', false, { schedule: { selfCritical: { baseline: 'beam-mean', maxWords: 61 } } }],
  ])('key %s of before is stale: %s, for %j', (before, isStale, changes) => {
    const { training } = TrialSpec.parse({
      training: { ...trial.training, ...changes },
      decode: {},
    });
    expect(trainingKey(training, inputs).slice(0, 8) !== before).toBe(isStale);
  });

  test('self-critical training starts from the training that the same spec without it is', () => {
    const { training } = TrialSpec.parse({
      training: { ...trial.training, schedule: { selfCritical: { epochs: 5, samples: 2 } } },
      decode: {},
    });
    expect(crossEntropySpec(training)).toEqual(trial.training);
    expect(crossEntropySpec(trial.training)).toBeNull();
  });

  test.each([
    [1, { beam: 1 }],
    [1, { norm: 'on_finish' }],
    // Since what is cut is ranked by its score.
    [2, {}],
    [2, { norm: 'sum' }],
  ] as const)('a decode spec of before the methods has revision %i: %o', (revision, changes) => {
    const decode = { ...trial.decode, ...changes };
    const { split, beam, norm, lengthPenalty, maxWords } = decode;
    const before = hashJson({
      revision,
      training: trainingKey(trial.training, inputs),
      decode: { split, beam, norm, lengthPenalty, maxWords },
    });
    expect(trialKey({ ...trial, decode }, inputs)).toBe(before);
  });

  describe('options that the method never reads do not split a key, those that it reads do', () => {
    const key = (decode: Partial<DecodeSpec>) =>
      trialKey({ ...trial, decode: { ...trial.decode, ...decode } }, inputs);
    const sampling = { temperature: 2, topK: 5, topP: 0.5, seed: 9 };
    const search = { beam: 3, norm: 'sum', divisor: 'words+1', stop: 'first', prune: 2 } as const;
    const common = { nBest: 2, blockUnknown: true, noRepeatNgram: 3, maxWords: 9 };

    test('beam', () => {
      expect(key(sampling)).toBe(key({}));
      const read = { beam: 3, norm: 'on_finish', ...common, stop: 'first', prune: 2 } as const;
      const keys = Object.entries(read).map(([name, value]) => key({ [name]: value }));
      expect(new Set([key({}), ...keys]).size).toBe(1 + keys.length);
      expect(key({ divisor: 'words+1' })).toBe(key({}));
      expect(key({ norm: 'on_finish', divisor: 'words+1' })).not.toBe(key({ norm: 'on_finish' }));
    });

    test('sample', () => {
      const method = 'sample' as const;
      expect(key({ method, ...search })).toBe(key({ method }));
      const keys = Object.entries({ ...sampling, ...common }).map(([name, value]) =>
        key({ method, [name]: value }),
      );
      expect(new Set([key({}), key({ method }), ...keys]).size).toBe(2 + keys.length);
    });

    test('attention that is kept splits a key, where the decoder has some', () => {
      for (const method of ['beam', 'greedy', 'sample'] as const) {
        expect(key({ method, attention: true })).not.toBe(key({ method }));
      }
      const keysOf = (model: object) => {
        const { training } = TrialSpec.parse({
          training: { ...trial.training, model },
          decode: {},
        });
        return [false, true].map((attention) =>
          trialKey({ training, decode: { ...trial.decode, attention } }, inputs),
        );
      };
      for (const model of [{ decoder: 'nic' }, { decoder: 'tanh-rnn' }, { decoder: 'retrieval' }]) {
        expect(new Set(keysOf(model)).size).toBe(1);
      }
      const looking = keysOf({ decoder: 'tanh-rnn', attention: { kind: 'dot' } });
      expect(new Set(looking).size).toBe(2);
    });

    test('greedy is a beam of 1, of which nothing is chosen', () => {
      const method = 'greedy' as const;
      expect(key({ method, ...sampling, ...search, nBest: 4 })).toBe(key({ beam: 1 }));
      expect(key({ beam: 1, stop: 'first', prune: 2 })).toBe(key({ beam: 1 }));
      expect(key({ method, noRepeatNgram: 2 })).not.toBe(key({ method }));
    });
  });

  describe('captions end where learned positions do', () => {
    const trialOf = (model: object, schedule: object = {}) =>
      TrialSpec.parse({
        training: { ...trial.training, data: { maxWords: 12 }, model, schedule },
        decode: {},
      });
    const decodings = (model: object, words: readonly number[]) => {
      const { training, decode } = trialOf(model);
      return new Set(
        words.map((maxWords) => trialKey({ training, decode: { ...decode, maxWords } }, inputs)),
      ).size;
    };
    const trainings = (model: object, baseline: string, words: readonly number[]) =>
      new Set(
        words.map((maxWords) => {
          const { training } = trialOf(model, { selfCritical: { epochs: 1, baseline, maxWords } });
          return trainingKey(training, inputs);
        }),
      ).size;
    const baseline = 'leave-one-out';

    test.each(['sat', 'fcn'])('%s', (decoder) => {
      const learned = { decoder, positions: 'learned' };
      expect(decodings(learned, [12, 13, 40])).toBe(1);
      expect(decodings(learned, [11, 12])).toBe(2);
      expect(trainings(learned, baseline, [12, 13, 40])).toBe(1);
      expect(trainings(learned, baseline, [11, 12])).toBe(2);
      const fixed = { decoder, positions: 'fixed' };
      expect(decodings(fixed, [12, 13, 40])).toBe(3);
      expect(trainings(fixed, baseline, [12, 13, 40])).toBe(3);
    });

    test('the loss of beam-mean is divided by the length all the same', () => {
      const learned = { decoder: 'sat', positions: 'learned' };
      expect(trainings(learned, 'beam-mean', [12, 13, 40])).toBe(3);
    });

    test('other decoders have no positions', () => {
      expect(decodings({ decoder: 'arnn' }, [12, 13])).toBe(2);
    });
  });

  test('retrieval reads neither optimizer, schedule, seed and rare words nor how captions are written', () => {
    const retrieval = (training: object, decode: Partial<DecodeSpec> = {}) => {
      const { dataset, encoder } = trial.training;
      const model = { decoder: 'retrieval' };
      const spec = TrainingSpec.parse({ dataset, encoder, model, ...training });
      return trialKey({ training: spec, decode: { ...trial.decode, ...decode } }, inputs);
    };
    const kept = retrieval({});
    expect(retrieval({ seed: 7, data: { minCount: 5 }, optimizer: { learningRate: 0.1 } })).toBe(
      kept,
    );
    expect(retrieval({ schedule: { maxEpochs: 3, selfCritical: { epochs: 2 } } })).toBe(kept);
    expect(retrieval({}, { beam: 1, method: 'sample', seed: 4, maxWords: 9, nBest: 3 })).toBe(kept);
    const others = [
      retrieval({ model: { decoder: 'retrieval', neighbours: 5 } }),
      retrieval({ model: { decoder: 'retrieval', agreeing: 9 } }),
      retrieval({ model: { decoder: 'retrieval', pick: 'nearest' } }),
      retrieval({ data: { maxWords: 20 } }),
      retrieval({}, { split: 'val' }),
    ];
    expect(new Set([kept, ...others]).size).toBe(6);
    expect(retrieval({ model: { decoder: 'retrieval', pick: 'nearest', neighbours: 5 } })).toBe(
      others[2],
    );
  });

  test('retrieval has no training by cross-entropy to start from', () => {
    const { dataset, encoder } = trial.training;
    const schedule = { selfCritical: { epochs: 2 } };
    const model = { decoder: 'retrieval' };
    expect(crossEntropySpec(TrainingSpec.parse({ dataset, encoder, model, schedule }))).toBeNull();
  });

  test('options of the image that a mean region knows nothing of do not split a key', () => {
    const { dataset, encoder } = trial.training;
    const key = (model: object) =>
      trainingKey(TrainingSpec.parse({ dataset, encoder, model }), inputs);
    const unread = { global: 'paper', globalInMemory: false, regionNorm: 'l2' };
    expect(key({ decoder: 'nic', ...unread, head: { hidden: 9, dropout: 0.5 } })).toBe(
      key({ decoder: 'nic' }),
    );
    expect(key({ decoder: 'tanh-rnn', ...unread })).toBe(key({ decoder: 'tanh-rnn' }));
    const mlp = { decoder: 'nic', head: { kind: 'mlp' } };
    expect(key({ ...mlp, head: { kind: 'mlp', hidden: 9 } })).not.toBe(key(mlp));
    const dot = { decoder: 'tanh-rnn', attention: { kind: 'dot' } };
    expect(key({ ...dot, global: 'paper' })).not.toBe(key(dot));
  });

  test('trained layers of the encoder change features and training, how they are trained only that', () => {
    const resolved = { ...inputs, encoderDigest: 'c'.repeat(64) };
    const keysOf = (fineTune: object) => {
      const encoder = EncoderSpec.parse({ kind: 'plan', name: 'mobilenet', fineTune });
      const training = { ...trial.training, encoder };
      return {
        features: featureKey({ dataset: 'scenes', encoder, limit: null }, resolved),
        training: trainingKey(training, resolved),
      };
    };
    const none = keysOf({});
    expect(keysOf({ layers: 0, learningRate: 0.1 })).toEqual(none);
    const two = keysOf({ layers: 2 });
    expect(two.features).not.toBe(none.features);
    expect(two.training).not.toBe(none.training);
    const faster = keysOf({ layers: 2, learningRate: 0.1 });
    expect(faster.features).toBe(two.features);
    expect(faster.training).not.toBe(two.training);
  });

  test('a number without a JSON form is refused instead of hashed as null', () => {
    expect(() => hashJson({ a: Number.NaN })).toThrow('NaN is not a JSON number');
  });
});
