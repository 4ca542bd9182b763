/**
 * Scatter-add of rows: the gradient of an embedding lookup. tfjs-backend-wasm has no such kernel,
 * and the one of tfjs-backend-cpu compares every row with every segment, which took more than half
 * of a training step.
 */
import {
  UnsortedSegmentSum,
  util,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { allocate, floatView, inputOf, intView, numberAttribute, wasmBackend } from './heap.js';

export const unsortedSegmentSum: KernelConfig = {
  kernelName: UnsortedSegmentSum,
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs, backend }): TensorInfo => {
    const wasm = wasmBackend(UnsortedSegmentSum, backend);
    const x = inputOf(UnsortedSegmentSum, inputs, 'x'); // [rows..., width...]
    const segmentIds = inputOf(UnsortedSegmentSum, inputs, 'segmentIds'); // [rows...]
    const segments = numberAttribute(UnsortedSegmentSum, attrs, 'numSegments');

    const rowShape = x.shape.slice(segmentIds.shape.length);
    const width = util.sizeFromShape(rowShape);
    const out = allocate(wasm, [segments, ...rowShape]);
    const ids = intView(UnsortedSegmentSum, wasm, segmentIds);
    const from = floatView(UnsortedSegmentSum, wasm, x);
    const to = floatView(UnsortedSegmentSum, wasm, out);
    to.fill(0);
    for (let row = 0; row < ids.length; row += 1) {
      const segment = ids[row] ?? -1;
      // TensorFlow drops rows with an id outside the segments.
      if (segment < 0 || segment >= segments) continue;
      addRow(from, row * width, to, segment * width, width);
    }
    return out;
  },
};

function addRow(
  from: Float32Array,
  fromStart: number,
  to: Float32Array,
  toStart: number,
  width: number,
): void {
  for (let i = 0; i < width; i += 1) {
    to[toStart + i] = (to[toStart + i] ?? 0) + (from[fromStart + i] ?? 0);
  }
}
