/** How fast the active engine multiplies matrices: nearly all time of a training goes there. */
import * as tf from '@tensorflow/tfjs-core';

/** Multiply-adds of two square matrices count twice: once to multiply, once to add. */
const SIZE = 1024;
const OPERATIONS = 2 * SIZE ** 3;
/** Long enough that starting and reading back do not count. */
const LEAST_MS = 100;
const BUDGET_MS = 1500;

/** @returns GFLOP/s of a 1024 x 1024 float32 product, the best of a few */
export function measureMatMul(): number {
  const a = tf.fill([SIZE, SIZE], 0.5); // [1024, 1024]
  const b = tf.fill([SIZE, SIZE], 0.25); // [1024, 1024]
  try {
    // The first one starts threads and picks kernels.
    timeProducts(a, b, 1);
    const startedAtMs = performance.now();
    let count = 1;
    let best = 0;
    while (performance.now() - startedAtMs < BUDGET_MS) {
      const ms = timeProducts(a, b, count);
      best = Math.max(best, (count * OPERATIONS) / ms / 1e6);
      if (ms < LEAST_MS) count *= 2;
    }
    return best;
  } finally {
    tf.dispose([a, b]);
  }
}

/** @returns milliseconds until the last of `count` products is there */
function timeProducts(a: tf.Tensor, b: tf.Tensor, count: number): number {
  const startedAtMs = performance.now();
  tf.tidy(() => {
    let product = tf.matMul(a, b);
    for (let done = 1; done < count; done += 1) product = tf.matMul(a, b);
    // A device may still compute when the call returns; one element read back waits for it.
    tf.slice(product, [0, 0], [1, 1]).dataSync();
  });
  return performance.now() - startedAtMs;
}
