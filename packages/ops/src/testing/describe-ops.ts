/**
 * The tests of the operations for any engine: values and gradients in both forms, memory, and clear
 * errors. A package with a backend calls `describeOps` from a test file of its own.
 */
import { beforeAll, describe } from 'vitest';
import { registerGradients } from '../gradients/register-gradients.js';
import { describeAdamStep } from './adam-step-tests.js';
import { describeCase } from './check-case.js';
import { crossEntropyCases } from './cross-entropy-cases.js';
import { describeFarScores } from './far-score-tests.js';
import { gradientCases } from './gradient-cases.js';
import { layerNormCases, normalisedRowsCase, weightNormLinearCase } from './layer-cases.js';
import {
  constantQueriesCase,
  maskedMlpAttentionCase,
  mlpAttentionCase,
  sequenceCase,
} from './mlp-attention-cases.js';
import {
  causalAttentionCase,
  crossAttentionCase,
  droppedAttentionCase,
  maskedAttentionCase,
  maskedCausalAttentionCase,
  maskedOneQueryCase,
  oneQueryCase,
  preparedCase,
} from './multi-head-attention-cases.js';
import { gruCellCase, lstmCellCase } from './recurrent-cases.js';
import { describeMissingGradients, describeWrongInputs } from './wrong-input-tests.js';

/** `startEngine` makes the engine under test the active backend of tfjs-core. */
export function describeOps(startEngine: () => Promise<unknown>): void {
  beforeAll(async () => {
    await startEngine();
    registerGradients();
  });

  describe('lstmCell', () => describeCase(lstmCellCase));
  describe('gruCell', () => describeCase(gruCellCase));
  describe('mlpAttention', () => {
    describeCase(mlpAttentionCase);
    describeCase(maskedMlpAttentionCase);
    describeCase(sequenceCase);
    describeCase(constantQueriesCase);
  });
  describe('multiHeadAttention', () => {
    describeCase(crossAttentionCase);
    describeCase(oneQueryCase);
    describeCase(preparedCase);
    describeCase(causalAttentionCase);
    describeCase(maskedAttentionCase);
    describeCase(maskedOneQueryCase);
    describeCase(maskedCausalAttentionCase);
    describeCase(droppedAttentionCase);
  });
  describe('attention with a mask', () => describeFarScores());
  describe('layerNorm', () => layerNormCases.forEach((each) => describeCase(each)));
  describe('sparseCrossEntropy', () => crossEntropyCases.forEach((each) => describeCase(each)));
  describe('weightNormLinear', () => {
    describeCase(weightNormLinearCase);
    describeCase(normalisedRowsCase);
  });
  describe('gradients of tfjs-core operations', () =>
    gradientCases.forEach((each) => describeCase(each)));
  describe('gradients that do not exist', () => describeMissingGradients());
  describe('adamStep', () => describeAdamStep());
  describe('what an operation cannot take', () => describeWrongInputs());
}
