import { expect, test } from 'vitest';
import { trainingKey } from '../keys.js';
import { TrainingSpec } from '../training-spec.js';
import { ArnnSpec } from './arnn.js';

const inputs = { datasetDigest: 'a'.repeat(64), encoderDigest: null, vectorsDigest: null };

function keyOf(model: object): string {
  const encoder = { kind: 'scenes-cnn' };
  return trainingKey(TrainingSpec.parse({ dataset: 'scenes', encoder, model }), inputs);
}

test.each([
  [
    { attention: { kind: 'multihead', heads: 3 }, hidden: 8 },
    'attention.heads',
    'model.hidden (8) must be a multiple of model.attention.heads (3)',
  ],
  [
    { attention: { kind: 'none', usePreviousWord: true } },
    'attention.usePreviousWord',
    'attention "none" asks no query; choose another kind or leave this false',
  ],
  [
    { cell: 'gru', forgetBias: 1 },
    'forgetBias',
    'a GRU has no forget gate; leave this 0 or choose another model.cell',
  ],
  [
    { cell: 'layer-norm-gru', recurrentDropout: 0.1 },
    'recurrentDropout',
    'only the cells of an LSTM have it; leave this 0 or choose another model.cell',
  ],
  [
    { attentionInUpperLayers: true },
    'attentionInUpperLayers',
    'one layer has none above it; raise model.layers to 2 or leave this false',
  ],
])('%o is refused at %s with a remedy', (options, path, message) => {
  const parsed = ArnnSpec.safeParse({ decoder: 'arnn', ...options });
  const issues = parsed.error?.issues ?? [];
  expect(issues.map((issue) => [issue.path.join('.'), issue.message])).toEqual([[path, message]]);
});

test.each([
  [{ residual: true }, {}],
  [{ attention: { coverage: 'gru', coverageWidth: 4 } }, {}],
  [{ attention: { kind: 'coverage', coverageWidth: 4 } }, { attention: { kind: 'coverage' } }],
  [{ attention: { heads: 4, isScaled: true, outputProjection: true } }, {}],
  [{ attention: { hidden: 512 } }, {}],
  [{ imageHidden: 512 }, {}],
  [{ decoder: 'fcn', imageHidden: 64 }, { decoder: 'fcn' }],
  [{ init: 'uniform', recurrentInit: 'orthogonal-stacked' }, { init: 'uniform' }],
  [{ attention: { kind: 'dot', hidden: 64 } }, { attention: { kind: 'dot' } }],
])('%o trains the same weights as %o', (options, same) => {
  expect(keyOf(options)).toBe(keyOf(same));
});

test.each([
  { cell: 'gru' },
  { cell: 'layer-norm-gru' },
  { layers: 2 },
  { imageHidden: 64 },
  { forgetBias: 1 },
  { initialState: 'mean' },
  { inputFeeding: false },
  { contextGate: true },
  { layerNorm: true },
  { recurrentInit: 'orthogonal-stacked' },
  { embeddingDropout: 0.1 },
  { inputDropout: 0.1 },
  { stateDropout: 0.1 },
  { recurrentDropout: 0.1 },
  { attention: { usePreviousWord: true } },
  { attention: { kind: 'coverage' } },
  { attention: { hidden: 64 } },
])('%o trains other weights than the defaults', (options) => {
  expect(keyOf(options)).not.toBe(keyOf({}));
});

test('the output projection of several heads trains other weights', () => {
  const attention = { kind: 'multihead' };
  expect(keyOf({ attention: { ...attention, outputProjection: true } })).not.toBe(
    keyOf({ attention }),
  );
});
