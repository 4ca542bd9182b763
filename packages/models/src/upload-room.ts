/**
 * Room for numbers on their way to the engine. New arrays of megabytes at each step would have V8
 * mark its whole heap at each step, on the core that the engine computes on.
 */
import { getBackend } from '@tensorflow/tfjs-core';

/** Engines that copy what a tensor is made from. The others of tfjs keep the array itself. */
const COPYING: ReadonlySet<string> = new Set(['libtorch', 'wasm']);

/**
 * Gives an array of the size asked, of any values: the same memory each time where the engine copies,
 * so that it is valid until the next call only.
 */
export function uploadRoom(): (size: number) => Float32Array {
  let room = new Float32Array();
  return (size) => {
    if (!COPYING.has(getBackend())) return new Float32Array(size);
    if (room.length < size) room = new Float32Array(size);
    return room.subarray(0, size);
  };
}
