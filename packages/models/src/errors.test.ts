import { expect, test } from 'vitest';
import { LossNotFiniteError, PerplexityNotFiniteError } from './errors.js';

test('it says whether the loss or the norm of the gradients is not finite, and what helps', () => {
  expect(new LossNotFiniteError(7, Number.NaN, Number.NaN, 'none').message).toBe(
    'The loss became NaN at step 7. Lower optimizer.learningRate, or clip gradients by norm.',
  );
  expect(new LossNotFiniteError(7, 1.25, Number.POSITIVE_INFINITY, 'norm').message).toBe(
    'The norm of the gradients became Infinity at step 7, where the loss was 1.25. Lower optimizer.learningRate.',
  );
});

test('of a validation it says that the exponential is not finite where the loss is', () => {
  expect(new PerplexityNotFiniteError(60, 800, 'none').message).toBe(
    'The perplexity became Infinity in the validation at step 60: it is the exponential of the mean loss of a word, which was 800. Lower optimizer.learningRate, or clip gradients by norm.',
  );
  expect(new PerplexityNotFiniteError(60, Number.NaN, 'norm').message).toBe(
    'The loss became NaN in the validation at step 60. Lower optimizer.learningRate.',
  );
});
