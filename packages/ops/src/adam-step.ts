/** Adam over all parameters in one operation, with clipping and the gradient's norm. */
import {
  add,
  clipByValue,
  concat,
  div,
  engine,
  maximum,
  mul,
  reshape,
  sqrt,
  square,
  sub,
  sum,
  tidy,
  type NamedTensorMap,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import { OpInputError } from './errors.js';
import { expectTensor } from './expect-tensor.js';
import { pick } from './gradients/saved.js';
import { hasKernel, runKernel } from './kernels.js';

/**
 * Kernel: inputs `rate` [1] and, for the i-th parameter, `w<i>`, `g<i>`, `m<i>`, `v<i>` of one shape
 * each; `AdamStepAttrs` -> [gradientNorm []]. It changes w, m and v in place.
 */
export const AdamStep = 'AdamStep';

/** By value between -value and value, or by the norm over all gradients together. */
export interface GradientClip {
  readonly kind: 'none' | 'element' | 'norm';
  readonly value: number;
}

export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly clip: GradientClip;
}

export interface AdamStepAttrs extends AdamSettings {
  /** Parameters. */
  readonly count: number;
}

/** One parameter with its gradient and its first and second moment, float32 of one shape. */
export interface AdamParameter {
  readonly weight: Variable;
  readonly gradient: Tensor;
  readonly m: Variable;
  readonly v: Variable;
}

/**
 * One update of every parameter: m' = b1 m + (1 - b1) g, v' = b2 v + (1 - b2) g²,
 * w' = w - rate m' / (sqrt(v') + epsilon) (Kingma & Ba 2015, algorithm 1, in the form of the end of
 * its section 2: the bias correction is in the rate and epsilon outside the corrected root). g is
 * clipped first.
 *
 * @param rate float32 [1]: learning rate times sqrt(1 - b2^t) / (1 - b1^t). A tensor, so that a
 *   recorded step can be replayed with another rate.
 * @returns the norm over all gradients before clipping, a scalar.
 * @throws OpInputError where a dtype, shape or setting does not fit.
 */
export function adamStep(
  rate: Tensor,
  parameters: readonly AdamParameter[],
  settings: AdamSettings,
): Tensor {
  const op = 'adamStep';
  expectTensor(op, 'rate', rate, 'float32', [1]);
  if (parameters.length === 0) throw new OpInputError(op, 'there are no parameters.');
  for (const { weight, gradient, m, v } of parameters) {
    expectTensor(op, `weight "${weight.name}"`, weight, 'float32', weight.shape);
    expectTensor(op, `the gradient of "${weight.name}"`, gradient, 'float32', weight.shape);
    expectTensor(op, `m of "${weight.name}"`, m, 'float32', weight.shape);
    expectTensor(op, `v of "${weight.name}"`, v, 'float32', weight.shape);
  }
  if (!hasKernel(AdamStep)) return adamStepComposed(rate, parameters, settings);
  const inputs: NamedTensorMap = { rate };
  for (const [i, { weight, gradient, m, v }] of parameters.entries()) {
    for (const changed of [weight, m, v]) ownValues(changed);
    inputs[`w${i}`] = weight;
    inputs[`g${i}`] = gradient;
    inputs[`m${i}`] = m;
    inputs[`v${i}`] = v;
  }
  const { beta1, beta2, epsilon, clip } = settings;
  const attrs = {
    count: parameters.length,
    beta1,
    beta2,
    epsilon,
    clip: { kind: clip.kind, value: clip.value },
  };
  return pick(runKernel(AdamStep, inputs, attrs, 1), 0);
}

/**
 * Gives a variable a copy of its values where clones or reshapes of it share them: those keep the old
 * ones when the kernel changes the variable in place.
 */
function ownValues(variable: Variable): void {
  if (engine().backend.refCount(variable.dataId) > 1) tidy(() => variable.assign(mul(variable, 1)));
}

/** `adamStep` from tfjs-core's operations, without the checks. It assigns the variables. */
export function adamStepComposed(
  rate: Tensor,
  parameters: readonly AdamParameter[],
  { beta1, beta2, epsilon, clip }: AdamSettings,
): Tensor {
  return tidy(() => {
    const norm = globalNorm(parameters.map(({ gradient }) => gradient));
    const scale = clip.kind === 'norm' ? div(clip.value, maximum(norm, clip.value)) : null;
    for (const { weight, gradient, m, v } of parameters) {
      const g = clipped(gradient, clip, scale);
      m.assign(add(mul(m, beta1), mul(g, 1 - beta1)));
      v.assign(add(mul(v, beta2), mul(square(g), 1 - beta2)));
      const step = mul(div(m, add(sqrt(v), epsilon)), reshape(rate, []));
      weight.assign(sub(weight, step));
    }
    return norm;
  });
}

/** The Euclidean norm over all numbers of all gradients together, a scalar. */
export function globalNorm(gradients: readonly Tensor[]): Tensor {
  return sqrt(sum(concat(gradients.map((gradient) => reshape(sum(square(gradient)), [1])))));
}

function clipped(gradient: Tensor, { kind, value }: GradientClip, scale: Tensor | null): Tensor {
  if (kind === 'element') return clipByValue(gradient, -value, value);
  return scale === null ? gradient : mul(gradient, scale);
}
