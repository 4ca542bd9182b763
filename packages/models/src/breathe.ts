/** Lets timers, messages and cancellation through between two computations. */
import { setImmediate } from 'node:timers/promises';

export async function breathe(): Promise<void> {
  await setImmediate();
}
