/** Values, gradients and memory of one case in both forms. */
import {
  add,
  grads,
  memory,
  mul,
  scalar,
  sum,
  tensor,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { expectClose } from './expect-close.js';
import { at, wave, type CaseInput, type OpCase, type ValuesOf } from './op-case.js';

/**
 * Central differences of the float64 loops: step²/6 = 2e-9 times the third derivative is lost to
 * truncation and 1e-16 / step = 1e-12 to rounding, both far below what float32 can show.
 */
const STEP = 1e-4;

export function describeCase(given: OpCase): void {
  const floats = Object.keys(given.inputs).filter(
    (name) => inputOf(given, name).dtype === 'float32',
  );
  describe(given.name, () => {
    const { op, composed } = given;
    const forms = composed === undefined ? { op } : { op, composed };
    for (const [form, run] of Object.entries(forms)) {
      test(`${form}: values equal plain loops`, () => {
        const expected = given.reference(valuesOf(given));
        const before = memory().numTensors;
        tidy(() => {
          const results = run((name) => toTensor(inputOf(given, name)));
          expect(results.length).toBe(expected.length);
          for (const [i, result] of results.entries()) {
            expectClose(result, expected[i] ?? [], `result ${i}`);
          }
        });
        expect(memory().numTensors).toBe(before);
      });

      test(`${form}: gradients equal finite differences, and free their memory`, () => {
        const before = memory().numTensors;
        tidy(() => expectGradients(given, run, floats));
        expect(memory().numTensors).toBe(before);
      });

      test.each(floats)(`${form}: the gradient of %s alone is the same`, (name) => {
        tidy(() => expectGradients(given, run, [name]));
      });
    }
  });
}

/** Gradients of the inputs `of` alone; the others are constants. */
function expectGradients(given: OpCase, run: OpCase['op'], of: readonly string[]): void {
  const loss = (...variables: Tensor[]): Tensor =>
    weighted(
      run((name) => variables[of.indexOf(name)] ?? toTensor(inputOf(given, name))),
      given.differentiable,
    );
  const gradients = grads(loss)(of.map((name) => toTensor(inputOf(given, name))));
  for (const [i, name] of of.entries()) {
    const gradient = gradients[i];
    if (gradient === undefined) throw new RangeError(`No gradient of ${name}.`);
    expect(gradient.shape).toEqual(inputOf(given, name).shape);
    expectClose(gradient, differences(given, name), `gradient of ${name}`);
  }
}

/** A loss in which each element of the first `count` results has a weight of its own. */
function weighted(results: readonly Tensor[], count: number): Tensor {
  return results.slice(0, count).reduce<Tensor>((loss, result, i) => {
    const weights = tensor(wave(result.size, 10 + i), result.shape);
    return add(loss, sum(mul(result, weights)));
  }, scalar(0));
}

/** Central differences of that loss by the plain loops. */
function differences(given: OpCase, name: string): number[] {
  const lossWith = (index: number, change: number): number => {
    const changed = [...inputOf(given, name).values];
    changed[index] = at(changed, index) + change;
    const values = valuesOf(given);
    const results = given.reference((each) => (each === name ? changed : values(each)));
    return results.slice(0, given.differentiable).reduce((loss, result, i) => {
      const weights = wave(result.length, 10 + i);
      return result.reduce((part, value, k) => part + value * at(weights, k), loss);
    }, 0);
  };
  return inputOf(given, name).values.map(
    (_, index) => (lossWith(index, STEP) - lossWith(index, -STEP)) / (2 * STEP),
  );
}

function inputOf(given: OpCase, name: string): CaseInput {
  const input = given.inputs[name];
  if (input === undefined) throw new RangeError(`The case has no input "${name}".`);
  return input;
}

function valuesOf(given: OpCase): ValuesOf {
  return (name) => inputOf(given, name).values;
}

function toTensor({ values, shape, dtype }: CaseInput): Tensor {
  return tensor([...values], [...shape], dtype);
}
