/** A training step from the last states of a decoder, as `createTrainingStep` of the models is. */
import { SPECIAL_IDS, type Adam, type TrainingStepFunction } from '@capgrid/models';
import { sparseCrossEntropy } from '@capgrid/ops';
import {
  add,
  div,
  matMul,
  reshape,
  sum,
  tidy,
  transpose,
  variableGrads,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { weightOf, type Weights } from './captioner.js';

/**
 * `states`: from features and word ids, int32 [batch * words] with the words of a caption together,
 * to [batch * words, hidden], what the output layer reads.
 */
export function stepOf(
  weights: Weights,
  adam: Adam,
  states: (features: Tensor, ids: Tensor) => Tensor,
): TrainingStepFunction {
  const variables = [...weights.values()];
  return ({ features, inputs, targets, divisor, rate }) => {
    const loss = (): Scalar => {
      const logits = outputLayer(weights, states(features, byCaption(inputs)));
      const labels = byCaption(targets);
      const losses = sparseCrossEntropy(logits, labels, { smoothing: 0, padId: SPECIAL_IDS.pad });
      return div(sum(losses), reshape(divisor, []));
    };
    return tidy(() => {
      const { value, grads } = variableGrads(loss, variables);
      adam.update(grads, rate);
      return [value];
    });
  };
}

/** [rows, vocabulary] */
function outputLayer(weights: Weights, states: Tensor): Tensor {
  const weight = weightOf(weights, 'output.weight'); // [vocabulary, hidden]
  return add(matMul(states, weight, false, true), weightOf(weights, 'output.bias'));
}

/** [words, batch] -> [batch * words] */
function byCaption(ids: Tensor): Tensor {
  return reshape(transpose(ids), [-1]);
}
