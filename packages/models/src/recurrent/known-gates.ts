/**
 * What the parts of a layer's input that are known beforehand give to its gates: computed for all
 * words, or once for an image, and added up before the layer steps.
 */
import { add, matMul, type Tensor } from '@tensorflow/tfjs-core';
import { dropped } from '../captioner/noise.js';
import type { ByRow } from '../captioner/rows.js';
import { ModelInputError } from '../errors.js';
import type { RecurrentLayer } from './recurrent-layer.js';

/** The first part, mostly words, with the bias: [rows, width] to [rows, gates]. */
export function wordGates({ known: [word], knownBias }: RecurrentLayer, e: Tensor): Tensor {
  if (word === undefined) throw new ModelInputError('The layer takes no words.');
  const product = matMul(e, word);
  return knownBias === null ? product : add(product, knownBias);
}

/**
 * The second part, a vector of each image: [images, width] to [rows, gates]; null where the layer takes
 * none. `mask`: its dropout, [rows, width], which captions of one image have each for itself, or null.
 */
export function imageGates(
  { known: [, image] }: RecurrentLayer,
  vector: () => Tensor,
  mask: Tensor | null,
  byRow: ByRow,
): Tensor | null {
  if (image === undefined) return null;
  return mask === null
    ? byRow(matMul(vector(), image))
    : matMul(dropped(byRow(vector()), mask), image);
}

/** Both for one word of each row: [rows, gates]. */
export function addImageGates(ofWords: Tensor, ofImages: Tensor | null): Tensor {
  return ofImages === null ? ofWords : add(ofWords, ofImages);
}
