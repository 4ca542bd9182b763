import { expect, test } from 'vitest';
import { EncoderPlan } from './encoder-plan.js';
import { findPlanFault, type WeightArray } from './encoder-plan-fit.js';

function convolution(
  name: string,
  sizes: { op: string; inp: number; cin: number; stride: number },
) {
  const files = { weight: `${name}/w`, bias: `${name}/b` };
  return { name, out: sizes.inp + 1, k: 3, act: 'relu', cout: 8, ...sizes, ...files };
}
const FIRST = convolution('first', { op: 'conv', inp: 0, cin: 3, stride: 2 });
const DEPTH = convolution('depth', { op: 'dwconv', inp: 1, cin: 8, stride: 1 });
const ADD = { op: 'add', inp: [2, 1], out: 3 };
const POOL = { op: 'avgpool', inp: 3, out: 4 };
const PLAN = {
  name: 'small',
  input: { size: [5, 5], channels: 'RGB', range: 'x/255' },
  input_tensor: 0,
  feature_map: { tensor: 3, shape: [8, 3, 3] },
  layers: [FIRST, DEPTH, ADD, POOL],
};

function arrayOf(name: string, shape: number[], dtype = 'F32'): WeightArray {
  return { name, dtype, shape, start: 8, end: 8 + 4 * shape.reduce((a, b) => a * b, 1) };
}
const ARRAYS = [
  arrayOf('first/w', [8, 3, 3, 3]),
  arrayOf('first/b', [8]),
  arrayOf('depth/w', [8, 1, 3, 3]),
  arrayOf('depth/b', [8], 'I32'),
  arrayOf('unused', []),
];

function faultOf(changes: object, arrays = ARRAYS): string | null {
  return findPlanFault(EncoderPlan.parse({ ...PLAN, ...changes }), arrays);
}

test('a plan that fits has no fault', () => {
  expect(faultOf({})).toBeNull();
});

test.each([
  [
    'channels that no layer gives',
    { layers: [FIRST, { ...DEPTH, cin: 9 }, ADD] },
    'depth: its cin is 9, tensor 1 has 8 channels',
  ],
  [
    'a depthwise layer of more channels',
    { layers: [FIRST, { ...DEPTH, cout: 16 }, ADD] },
    'depth: its cin is 8 and its cout 16; a dwconv gives as many channels as it reads',
  ],
  [
    'a sum of tensors of two sizes',
    { layers: [FIRST, { ...DEPTH, stride: 2 }, ADD] },
    'layers.2: it adds the tensors 2 and 1, whose [height, width, channels] are [2, 2, 8] and [3, 3, 8]',
  ],
  [
    'another feature map',
    { feature_map: { tensor: 4, shape: [8, 3, 3] } },
    'feature_map.shape: the plan says [8, 3, 3], the layers give [8, 1, 1]',
  ],
  [
    'an input that is no square',
    { input: { ...PLAN.input, size: [4, 6] } },
    'input.size: it reads images of 6x4 pixels, and every image becomes a square',
  ],
])('%s is a fault of the plan', (_what, changes, fault) => {
  expect(faultOf(changes)).toBe(fault);
});

const HALF = { ...arrayOf('first/w', [8, 3, 3, 3], 'F16'), end: 440 };

test.each([
  ['an absent array', ARRAYS.slice(1), 'first: the weights file has no array "first/w"'],
  [
    'an array of another shape',
    [arrayOf('first/w', [8, 8, 3, 3]), ...ARRAYS.slice(1)],
    'first: "first/w" should have the shape [8, 3, 3, 3], the file has [8, 8, 3, 3]',
  ],
  [
    'a bias of another size',
    ARRAYS.with(3, arrayOf('depth/b', [4])),
    'depth: "depth/b" should have the shape [8], the file has [4]',
  ],
  [
    'numbers of 2 bytes',
    ARRAYS.with(0, HALF),
    '"first/w" has the dtype F16; F32 and I32 can be read',
  ],
  [
    'fewer bytes than the shape has',
    ARRAYS.with(0, { ...HALF, dtype: 'F32' }),
    '"first/w" of shape [8, 3, 3, 3] needs 864 bytes, its range has 432',
  ],
])('%s is a fault of the weights', (_what, arrays, fault) => {
  expect(faultOf({}, arrays)).toBe(fault);
});
