import { expect, test } from 'vitest';
import { LossNotFiniteError } from './errors.js';

test('it says whether the loss or the norm of the gradients is not finite, and what helps', () => {
  expect(new LossNotFiniteError(7, Number.NaN, Number.NaN, 'none').message).toBe(
    'The loss became NaN at step 7. Lower optimizer.learningRate, or clip gradients by norm.',
  );
  expect(new LossNotFiniteError(7, 1.25, Number.POSITIVE_INFINITY, 'norm').message).toBe(
    'The norm of the gradients became Infinity at step 7, where the loss was 1.25. Lower optimizer.learningRate.',
  );
});
