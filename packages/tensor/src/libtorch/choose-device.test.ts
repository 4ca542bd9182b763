import { expect, test } from 'vitest';
import { chooseDevice, describeDevice } from './choose-device.js';

const TWO = ['NVIDIA H200', 'NVIDIA T4'];

test('without a wish the first GPU is taken, and the CPU where there is none', () => {
  expect(chooseDevice(undefined, TWO)).toBe(0);
  expect(chooseDevice(undefined, [])).toBeNull();
  expect(chooseDevice(undefined, null)).toBeNull();
});

test('a device is named as in libtorch', () => {
  expect(chooseDevice('cpu', TWO)).toBeNull();
  expect(chooseDevice('cuda', TWO)).toBe(0);
  expect(chooseDevice('cuda:1', TWO)).toBe(1);
});

test('a device is described with the name of the GPU', () => {
  expect(describeDevice(1, TWO)).toBe('cuda:1 NVIDIA T4');
  expect(describeDevice(null, TWO)).toBe('cpu');
});

test.each([
  ['cuda:2', TWO, 'Choose one of: cpu, cuda:0 (NVIDIA H200), cuda:1 (NVIDIA T4).'],
  ['gpu', TWO, 'Choose one of: cpu, cuda:0 (NVIDIA H200), cuda:1 (NVIDIA T4).'],
  ['cuda:-1', null, 'Choose one of: cpu.'],
  ['', null, 'Choose one of: cpu.'],
  [
    'cuda',
    null,
    'The native engine was built without CUDA. Choose "cpu", or set CAPGRID_LIBTORCH to a libtorch for CUDA and build it again.',
  ],
  [
    'cuda:0',
    [],
    'This process sees no GPU. Choose "cpu", or check nvidia-smi and CUDA_VISIBLE_DEVICES.',
  ],
])('the device "%s" with the GPUs %j is refused with what to do', (requested, gpus, remedy) => {
  expect(() => chooseDevice(requested, gpus)).toThrow(
    expect.objectContaining({
      code: 'device-unknown',
      message: `The device "${requested}" is not there. ${remedy}`,
    }),
  );
});
