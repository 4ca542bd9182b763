/** Which device the engine `libtorch` computes on. */
import { UnknownDeviceError } from '../errors.js';

/**
 * @param requested `cpu`, `cuda` or `cuda:1`; undefined: the first GPU where there is one
 * @param gpus names of the visible ones; null: the addon was built without CUDA
 * @returns index of the GPU, or null for the CPU
 * @throws UnknownDeviceError
 */
export function chooseDevice(
  requested: string | undefined,
  gpus: readonly string[] | null,
): number | null {
  const count = gpus?.length ?? 0;
  if (requested === undefined) return count > 0 ? 0 : null;
  if (requested === 'cpu') return null;
  const match = /^cuda(?::(\d{1,3}))?$/.exec(requested);
  if (match === null) throw new UnknownDeviceError(requested, `Choose one of: ${devices(gpus)}.`);
  if (gpus === null) {
    throw new UnknownDeviceError(
      requested,
      'The native engine was built without CUDA. Choose "cpu", or set CAPGRID_LIBTORCH to a libtorch for CUDA and build it again.',
    );
  }
  if (count === 0) {
    throw new UnknownDeviceError(
      requested,
      'This process sees no GPU. Choose "cpu", or check nvidia-smi and CUDA_VISIBLE_DEVICES.',
    );
  }
  const index = Number(match[1] ?? 0);
  if (index >= count) {
    throw new UnknownDeviceError(requested, `Choose one of: ${devices(gpus)}.`);
  }
  return index;
}

/** `cpu` or `cuda:0 NVIDIA H200`. */
export function describeDevice(index: number | null, gpus: readonly string[] | null): string {
  return index === null ? 'cpu' : `cuda:${index} ${gpus?.[index] ?? ''}`.trimEnd();
}

function devices(gpus: readonly string[] | null): string {
  return ['cpu', ...(gpus ?? []).map((name, index) => `cuda:${index} (${name})`)].join(', ');
}
