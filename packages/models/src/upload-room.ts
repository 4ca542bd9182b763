/**
 * Room for numbers on their way to the engine, which copies them. New arrays of megabytes at each
 * step would have V8 mark its whole heap at each step, on the core that the engine computes on.
 */

/** Gives an array of the size asked, of any values, valid until the next call. */
export function uploadRoom(): (size: number) => Float32Array {
  let room = new Float32Array();
  return (size) => {
    if (room.length < size) room = new Float32Array(size);
    return room.subarray(0, size);
  };
}
