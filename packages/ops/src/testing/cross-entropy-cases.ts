/** Cross-entropy on word ids against plain loops. */
import { sparseCrossEntropy, sparseCrossEntropyComposed } from '../sparse-cross-entropy.js';
import { float, int, total, type OpCase } from './op-case.js';

const [ROWS, VOCABULARY] = [4, 6];
const PAD = 0;

const settings = [
  { name: 'no smoothing, every row counts', smoothing: 0, padId: null },
  { name: 'rows with the pad mark are left out', smoothing: 0, padId: PAD },
  { name: 'smoothing', smoothing: 0.1, padId: null },
  { name: 'smoothing and padding', smoothing: 0.3, padId: PAD },
];

export const crossEntropyCases = settings.map(({ name, smoothing, padId }): OpCase => ({
  name,
  inputs: {
    // Large enough that a softmax without the shift by the maximum would lose digits.
    logits: float([ROWS, VOCABULARY], 1, 20),
    labels: int([3, PAD, 5, PAD]),
  },
  op: (t) => [sparseCrossEntropy(t('logits'), t('labels'), { smoothing, padId })],
  composed: (t) => [sparseCrossEntropyComposed(t('logits'), t('labels'), { smoothing, padId })],
  reference: (v) => {
    const loss = v('labels').map((label, row) => {
      if (label === padId) return 0;
      const scores = v('logits').slice(row * VOCABULARY, (row + 1) * VOCABULARY);
      const top = Math.max(...scores);
      const logSum = top + Math.log(total(scores.map((score) => Math.exp(score - top))));
      return total(
        scores.map((score, word) => {
          const target = word === label ? 1 - smoothing : smoothing / (VOCABULARY - 1);
          return target * (logSum - score);
        }),
      );
    });
    return [loss];
  },
  differentiable: 1,
}));
