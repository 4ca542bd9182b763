import { describe, expect, test } from 'vitest';
import { cutEncoder } from './encoder-cut.js';
import { EncoderPlan, parseEncoderPlan } from './encoder-plan.js';

type Tensors = [inp: number, out: number];

function convolution(name: string, [inp, out]: Tensors, cin: number, cout: number, stride = 1) {
  const files = { weight: `${name}/w`, bias: `${name}/b` };
  return { op: 'conv', name, inp, out, stride, k: 1, act: 'relu', cin, cout, ...files };
}

const STEM = convolution('stem', [0, 1], 3, 4, 2);
const HEAD = convolution('head', [5, 6], 4, 5);
/** 3 channels, 6x5 -> 3x3; an inverted residual block; 5 channels of feature map; a classifier. */
const RESIDUAL = {
  name: 'residual',
  input: { size: [6, 5], channels: 'RGB', range: 'x/255' },
  input_tensor: 0,
  feature_map: { tensor: 6, shape: [5, 3, 3] },
  layers: [
    STEM,
    convolution('expand', [1, 2], 4, 6),
    { ...convolution('depth', [2, 3], 6, 6), op: 'dwconv' },
    convolution('project', [3, 4], 6, 4),
    { op: 'add', inp: [4, 1], out: 5 },
    HEAD,
    { op: 'avgpool', inp: 6, out: 7 },
    convolution('classes', [7, 8], 5, 2),
  ],
};

function cut(layers: number) {
  const { tensor, shape, trained } = cutEncoder(EncoderPlan.parse(RESIDUAL), layers);
  return { tensor, shape, trained: trained.map(({ name }) => name) };
}

describe('a plan', () => {
  test('is cut at the tensor that all later layers depend on', () => {
    expect(cut(0)).toEqual({ tensor: 6, shape: [3, 3, 5], trained: [] });
    expect(cut(1)).toEqual({ tensor: 5, shape: [3, 3, 4], trained: ['head'] });
    const block = ['expand', 'depth', 'project', 'head'];
    expect(cut(4)).toEqual({ tensor: 1, shape: [3, 3, 4], trained: block });
    expect(cut(5)).toEqual({ tensor: 0, shape: [6, 5, 3], trained: ['stem', ...block] });
  });

  test('cannot be cut where a shortcut passes by; the error names what works', () => {
    for (const layers of [2, 3, 6]) {
      expect(() => cut(layers)).toThrow(
        `the plan "residual" cannot be cut before its last ${layers} convolutions; use one of 0, 1, 4, 5`,
      );
    }
  });

  test('with a shortcut from its input can be cut at both ends alone', () => {
    const plan = EncoderPlan.parse({
      ...RESIDUAL,
      feature_map: { tensor: 3, shape: [3, 6, 5] },
      layers: [
        convolution('one', [0, 1], 3, 3),
        convolution('two', [1, 2], 3, 3),
        { op: 'add', inp: [0, 2], out: 3 },
      ],
    });
    expect(cutEncoder(plan, 2).tensor).toBe(0);
    expect(() => cutEncoder(plan, 1)).toThrow('use one of 0, 2');
  });
});

describe('a plan file', () => {
  test('is told apart from what is none, in words', () => {
    expect(parseEncoderPlan(JSON.stringify(RESIDUAL))).toMatchObject({ isValid: true });
    expect(parseEncoderPlan('{')).toEqual({ isValid: false, fault: 'it is not JSON' });
    const layers = [{ ...STEM, act: 'gelu', name: undefined }];
    expect(parseEncoderPlan(JSON.stringify({ ...RESIDUAL, layers }))).toEqual({
      isValid: false,
      fault:
        'layers.0.name is missing; expected string; ' +
        'layers.0.act is "gelu": Invalid option: expected one of "relu"|"none"',
    });
  });

  test('may have more than is read', () => {
    const { scale, offset, labels } = EncoderPlan.parse({ ...RESIDUAL, license: 'Apache-2.0' });
    expect({ scale, offset, labels }).toEqual({ scale: 1 / 255, offset: 0, labels: [] });
  });

  test.each([
    [{ layers: [HEAD] }, ['layers', 0, 'inp'], 'no earlier layer writes this tensor'],
    [{ layers: [{ ...STEM, op: 'maxpool' }] }, ['layers', 0, 'op'], "'avgpool'"],
    [{ layers: [{ ...STEM, act: 'gelu' }] }, ['layers', 0, 'act'], '"relu"|"none"'],
    [{ layers: [{ ...STEM, k: '3' }] }, ['layers', 0, 'k'], 'expected number'],
    [{ input: { ...RESIDUAL.input, range: 'x*2' } }, ['input', 'range'], '"x/255"'],
    [{ input: { ...RESIDUAL.input, channels: 'BGR' } }, ['input', 'channels'], '"RGB"'],
    [
      { feature_map: { tensor: 9, shape: [5, 3, 3] } },
      ['feature_map', 'tensor'],
      'no layer writes this tensor',
    ],
    [{ feature_map: undefined }, ['feature_map'], 'expected object'],
  ])('is refused with what is wrong: %#', (wrong, path, message) => {
    const { error } = EncoderPlan.safeParse({ ...RESIDUAL, ...wrong });
    expect(error?.issues[0]).toMatchObject({ path, message: expect.stringContaining(message) });
  });
});
