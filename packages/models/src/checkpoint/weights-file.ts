/** Trained weights with the spec that made them, as one safetensors file. */
import { CheckpointError } from '../errors.js';
import type { NamedArray } from '../parameters.js';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';

const FORMAT = 'capgrid-weights-1';

export interface WeightsFile {
  readonly arrays: readonly NamedArray[];
  /** What the caller wants to know when reading: spec, vocabulary size, step. Plain JSON. */
  readonly description: unknown;
}

export function encodeWeights({ arrays, description }: WeightsFile): Uint8Array {
  return encodeSafetensors(arrays, { format: FORMAT, description: JSON.stringify(description) });
}

export function decodeWeights(bytes: Uint8Array): WeightsFile {
  const { arrays, metadata } = decodeSafetensors(bytes);
  if (metadata['format'] !== FORMAT) {
    throw new CheckpointError(
      `These are no weights of a captioner: the format is "${metadata['format'] ?? 'none'}".`,
      'Pass a weights file that a training wrote.',
    );
  }
  try {
    return { arrays, description: JSON.parse(metadata['description'] ?? 'null') };
  } catch {
    throw new CheckpointError('The description of the weights is not JSON.', 'Train again.');
  }
}
