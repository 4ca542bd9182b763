/**
 * hbar_t = tanh(W [h_t; c_t] + b) (Bazzani et al. 2018, section 3.1; Luong et al. 2015, eq. 5), or with
 * a context gate (Tu et al. 2017, section 3.2, as sockeye has it): g = σ(W_g [h; c] + b_g), hbar =
 * tanh(g (W_1 h + b_1) + (1 - g) (W_2 c + b_2)). Layer normalisation, of what tanh is applied to.
 */
import { add, concat, mul, sigmoid, sub, tanh, type Tensor } from '@tensorflow/tfjs-core';
import type { ArnnSpec } from '@capgrid/contracts';
import { contextWidth } from '../attention/widths.js';
import { xavierIn, zeros } from '../initialisers.js';
import { Norm, normParameters } from '../layer-norm.js';
import { Linear } from '../linear.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';

export function attentionalVectorParameters(spec: ArnnSpec): ParameterPlan[] {
  const { hidden, contextGate, layerNorm } = spec;
  const context = contextWidth(spec);
  const linear = (name: string, width: number): ParameterPlan[] => [
    { name: `${name}.weight`, shape: [width, hidden], start: xavierIn(width) },
    { name: `${name}.bias`, shape: [hidden], start: zeros },
  ];
  return [
    ...(contextGate
      ? [
          ...linear('gate', hidden + context),
          ...linear('gatedState', hidden),
          ...linear('gatedContext', context),
        ]
      : linear('hidden', hidden + context)),
    ...(layerNorm ? normParameters('hidden.norm', hidden) : []),
  ];
}

/** In training one object serves one sequence. */
export class AttentionalVector {
  private readonly mixed: Linear | GatedSum;
  private readonly norm: Norm | null;

  constructor({ contextGate, layerNorm }: ArnnSpec, weights: Weights) {
    this.mixed = contextGate ? new GatedSum(weights) : linearOf(weights, 'hidden');
    this.norm = layerNorm ? new Norm(weights, 'hidden.norm') : null;
  }

  /**
   * [rows, hidden] from the state, [rows, hidden], and the context, [rows, width]. `dropoutMask`: [rows,
   * hidden + width], 0 or 1 / (1 - dropout), or null; with a context gate only the gate feels it.
   */
  from(h: Tensor, context: Tensor, dropoutMask: Tensor | null): Tensor {
    const joined = concat([h, context], 1); // [rows, hidden + width]
    const kept = dropoutMask === null ? joined : mul(joined, dropoutMask);
    const { mixed, norm } = this;
    const sum = mixed instanceof Linear ? mixed.apply(kept) : mixed.apply(kept, h, context);
    return tanh(norm === null ? sum : norm.apply(sum));
  }
}

class GatedSum {
  private readonly gate: Linear; // [hidden + width, hidden]
  private readonly state: Linear; // [hidden, hidden]
  private readonly context: Linear; // [width, hidden]

  constructor(weights: Weights) {
    this.gate = linearOf(weights, 'gate');
    this.state = linearOf(weights, 'gatedState');
    this.context = linearOf(weights, 'gatedContext');
  }

  /** `joined`: [h; c] after dropout. */
  apply(joined: Tensor, h: Tensor, context: Tensor): Tensor {
    const g = sigmoid(this.gate.apply(joined));
    const [a, b] = [this.state.apply(h), this.context.apply(context)];
    return add(b, mul(g, sub(a, b))); // g a + (1 - g) b
  }
}

function linearOf(weights: Weights, name: string): Linear {
  return new Linear(weightOf(weights, `${name}.weight`), weightOf(weights, `${name}.bias`));
}
