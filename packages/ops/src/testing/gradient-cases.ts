/** Gradients of tfjs-core's own operations that this package registers, against plain loops. */
import {
  abs,
  broadcastTo,
  clipByValue,
  gather,
  max,
  maximum,
  min,
  minimum,
  pow,
  tensor1d,
  tensor2d,
  where,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {
  at,
  bool,
  float,
  indices,
  type CaseInput,
  type OpCase,
  type TensorOf,
  type ValuesOf,
} from './op-case.js';

const [ROWS, COLUMNS] = [3, 4];
const x = float([ROWS, COLUMNS], 1);
const y = float([ROWS, COLUMNS], 2);
/** Above 0, as the base of a power must be. */
const base: CaseInput = { ...x, values: x.values.map((value) => Math.fround(1.5 + value)) };
const condition = bool([
  [1, 0, 1, 0],
  [0, 0, 1, 1],
  [1, 1, 1, 0],
]);

export const gradientCases: OpCase[] = [
  elementwise(
    'minimum',
    { x, y },
    (t) => minimum(t('x'), t('y')),
    (a, b) => Math.min(a, b),
  ),
  elementwise(
    'maximum',
    { x, y },
    (t) => maximum(t('x'), t('y')),
    (a, b) => Math.max(a, b),
  ),
  elementwise(
    'pow',
    { x: base, y },
    (t) => pow(t('x'), t('y')),
    (a, b) => a ** b,
  ),
  elementwise(
    'abs',
    { x },
    (t) => abs(t('x')),
    (a) => Math.abs(a),
  ),
  elementwise(
    'clipByValue',
    { x },
    (t) => clipByValue(t('x'), -0.5, 0.25),
    (a) => Math.min(Math.max(a, -0.5), 0.25),
  ),
  elementwise(
    'where',
    { x, y, condition },
    (t) => where(t('condition'), t('x'), t('y')),
    (a, b, i) => (at(condition.values, i) === 1 ? a : b),
  ),
  plain(
    'max over rows',
    { x },
    (t) => max(t('x'), 0),
    (v) => indices(COLUMNS).map((c) => Math.max(...column(v('x'), c))),
  ),
  plain(
    'min over all',
    { x },
    (t) => min(t('x')),
    (v) => [Math.min(...v('x'))],
  ),
  plain(
    'min over columns, axis kept',
    { x },
    (t) => min(t('x'), -1, true),
    (v) => indices(ROWS).map((r) => Math.min(...row(v('x'), r))),
  ),
  plain(
    'broadcastTo',
    { x: float([1, COLUMNS], 1) },
    (t) => broadcastTo(t('x'), [ROWS, COLUMNS]),
    (v) => indices(ROWS).flatMap(() => [...v('x')]),
  ),
  plain(
    'gather of rows, one of them twice, by a negative axis',
    { x },
    (t) => gather(t('x'), tensor1d([2, 0, 2], 'int32'), -2),
    (v) => [2, 0, 2].flatMap((r) => row(v('x'), r)),
  ),
  plain(
    'gather of columns by a matrix of indices',
    { x },
    (t) =>
      gather(
        t('x'),
        tensor2d(
          [
            [3, 1, 3],
            [0, 1, 2],
          ],
          [2, 3],
          'int32',
        ),
        1,
      ),
    (v) => indices(ROWS).flatMap((r) => [3, 1, 3, 0, 1, 2].map((c) => at(row(v('x'), r), c))),
  ),
  plain(
    'gather along the middle of three axes',
    { x: float([2, ROWS, COLUMNS], 1) },
    (t) => gather(t('x'), tensor1d([2, 0, 0, 2], 'int32'), 1),
    (v) => indices(2).flatMap((b) => [2, 0, 0, 2].flatMap((r) => row(v('x'), b * ROWS + r))),
  ),
];

function plain(
  name: string,
  inputs: OpCase['inputs'],
  run: (t: TensorOf) => Tensor,
  reference: (v: ValuesOf) => number[],
): OpCase {
  return {
    name,
    inputs,
    op: (t) => [run(t)],
    reference: (v) => [reference(v)],
    differentiable: 1,
  };
}

function elementwise(
  name: string,
  inputs: OpCase['inputs'],
  run: (t: TensorOf) => Tensor,
  each: (a: number, b: number, i: number) => number,
): OpCase {
  return plain(name, inputs, run, (v) =>
    v('x').map((a, i) => each(a, 'y' in inputs ? at(v('y'), i) : 0, i)),
  );
}

function row(values: readonly number[], r: number): number[] {
  return values.slice(r * COLUMNS, (r + 1) * COLUMNS);
}

function column(values: readonly number[], c: number): number[] {
  return indices(ROWS).map((r) => at(values, r * COLUMNS + c));
}
