import { expect, test } from 'vitest';
import { OptimizerSpec } from './training-spec.js';

test.each(['beta1', 'beta2'])('%s stays below 1, where Adam would divide by zero', (name) => {
  expect(OptimizerSpec.safeParse({ [name]: 0.9999 }).success).toBe(true);
  expect(OptimizerSpec.safeParse({ [name]: 0 }).success).toBe(true);
  expect(OptimizerSpec.safeParse({ [name]: 1 }).error?.issues[0]).toMatchObject({ path: [name] });
});
