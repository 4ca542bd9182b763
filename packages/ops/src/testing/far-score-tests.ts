/** What a mask leaves out has no weight, however far below zero the scores of the rest lie. */
import { fill, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { test } from 'vitest';
import { mlpAttention, mlpAttentionComposed } from '../mlp-attention.js';
import { multiHeadAttention, multiHeadAttentionComposed } from '../multi-head-attention.js';
import { expectClose } from './expect-close.js';

/** The second of three regions is left out in the first row, all in the second one. */
const mask = (): Tensor => tensor([1, 0, 1, 0, 0, 0], [2, 3], 'bool');
const values = (): Tensor => tensor([1, 2, 4, 5, 6, 7], [2, 3, 1]);
/** (1 + 4) / 2, the attended regions having equal scores. */
const CONTEXT = [2.5, 0];
const ALPHA = [0.5, 0, 0.5, 0, 0, 0];

export function describeFarScores(): void {
  test.each([-2e9, -1e30, 1e30])('scores near %d', (score) => {
    tidy(() => {
      // tanh(20) is 1 in float32.
      const tensors = {
        keys: fill([2, 3, 1], 20),
        query: fill([2, 1], 0),
        score: fill([1], score),
      };
      for (const attend of [mlpAttention, mlpAttentionComposed]) {
        const { context, alpha } = attend({ ...tensors, values: values(), mask: mask() });
        expectClose(context, CONTEXT, `context of ${attend.name}`);
        expectClose(alpha, ALPHA, `alpha of ${attend.name}`);
      }
      for (const attend of [multiHeadAttention, multiHeadAttentionComposed]) {
        const { context, alpha } = attend(
          {
            query: fill([2, 1, 1], score),
            keys: fill([2, 3, 1], 1),
            values: values(),
            mask: mask(),
          },
          { heads: 1, scale: 1, isCausal: false },
        );
        expectClose(context, CONTEXT, `context of ${attend.name}`);
        expectClose(alpha, ALPHA, `alpha of ${attend.name}`);
      }
    });
  });
}
