import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { useNativeEngine } from '../testing/native-engine.js';

useNativeEngine();

/** float32 sums of up to a few hundred products of values below 1, added in another order. */
const TOLERANCE = 2e-5;

type Inputs = Record<string, tf.Tensor>;
type Case = [name: string, kernel: string, inputs: () => Inputs, attrs: tf.NamedAttrMap];

/** The same numbers on every engine: a plain sine has no pattern that padding could hide. */
function values(shape: number[], dtype: 'float32' | 'int32' = 'float32', scale = 1): tf.Tensor {
  const size = shape.reduce((all, length) => all * length, 1);
  const numbers = Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + 0.3) * scale);
  return tf.tensor(
    numbers.map((x) => (dtype === 'int32' ? Math.trunc(x) : x)),
    shape,
    dtype,
  );
}

function indices(shape: number[], count: number): tf.Tensor {
  const size = shape.reduce((all, length) => all * length, 1);
  return tf.tensor(
    Array.from({ length: size }, (_, i) => (5 * i + 2) % count),
    shape,
    'int32',
  );
}

const image = { x: [2, 7, 6, 3], filter: [3, 2, 3, 4] };
const convolution = { dataFormat: 'NHWC', dilations: [1, 1], strides: [1, 1], pad: 'same' };
const asymmetric = [
  [0, 0],
  [2, 1],
  [0, 1],
  [0, 0],
];

function convolutions(): Case[] {
  const variants: [string, tf.NamedAttrMap, number[]][] = [
    ['same', {}, [2, 7, 6, 4]],
    ['valid', { pad: 'valid' }, [2, 5, 5, 4]],
    ['strides and same', { strides: [2, 3] }, [2, 4, 2, 4]],
    ['explicit padding', { pad: asymmetric }, [2, 8, 6, 4]],
  ];
  return variants.flatMap(([name, changed, out]): Case[] => {
    const attrs = { ...convolution, ...changed };
    const inputs = () => ({ x: values(image.x), filter: values(image.filter) });
    return [
      [name, tf.Conv2D, inputs, attrs],
      [
        name,
        tf.Conv2DBackpropInput,
        () => ({ dy: values(out), filter: values(image.filter) }),
        { ...attrs, inputShape: image.x },
      ],
      [
        name,
        tf.Conv2DBackpropFilter,
        () => ({ x: values(image.x), dy: values(out) }),
        { ...attrs, filterShape: image.filter },
      ],
      [
        name,
        tf.DepthwiseConv2dNative,
        () => ({ x: values(image.x), filter: values([3, 2, 3, 2]) }),
        attrs,
      ],
      [
        name,
        tf.DepthwiseConv2dNativeBackpropInput,
        () => ({ dy: values([...out.slice(0, 3), 6]), filter: values([3, 2, 3, 2]) }),
        { ...attrs, inputShape: image.x },
      ],
      [
        name,
        tf.DepthwiseConv2dNativeBackpropFilter,
        () => ({ x: values(image.x), dy: values([...out.slice(0, 3), 6]) }),
        { ...attrs, filterShape: [3, 2, 3, 2] },
      ],
    ];
  });
}

const pooling = { filterSize: [3, 2], strides: [2, 1], pad: 'same' };

const CASES: Case[] = [
  ...convolutions(),
  [
    'dilations',
    tf.Conv2D,
    () => ({ x: values(image.x), filter: values(image.filter) }),
    { ...convolution, dilations: [2, 3] },
  ],
  [
    'channels first',
    tf.Conv2D,
    () => ({ x: values([2, 3, 7, 6]), filter: values(image.filter) }),
    { ...convolution, dataFormat: 'NCHW' },
  ],
  ...['relu', 'relu6', 'elu', 'sigmoid', 'linear', 'leakyrelu'].map((activation): Case => [
    `bias and ${activation}`,
    tf.FusedConv2D,
    () => ({ x: values(image.x, 'float32', 3), filter: values(image.filter), bias: values([4]) }),
    { ...convolution, activation, leakyreluAlpha: 0.2 },
  ]),
  ...['relu', 'prelu'].map((activation): Case => [
    `bias and ${activation}`,
    tf._FusedMatMul,
    () => ({
      a: values([2, 5, 3]),
      b: values([1, 4, 3]),
      bias: values([4]),
      preluActivationWeights: values([4]),
    }),
    { transposeA: false, transposeB: true, activation },
  ]),
  [
    'batches',
    tf.BatchMatMul,
    () => ({ a: values([4, 5, 3]), b: values([4, 5, 2]) }),
    { transposeA: true, transposeB: false },
  ],
  [
    'space of three axes',
    tf.Conv3D,
    () => ({ x: values([1, 4, 5, 3, 2]), filter: values([2, 3, 2, 2, 3]) }),
    { strides: [1, 2, 1], pad: 'same', dataFormat: 'NDHWC', dilations: [1, 1, 1] },
  ],
  [
    'space of three axes',
    tf.Conv3DBackpropFilterV2,
    () => ({ x: values([1, 4, 5, 3, 2]), dy: values([1, 4, 3, 3, 3]) }),
    { strides: [1, 2, 1], pad: 'same', filterShape: [2, 3, 2, 2, 3] },
  ],
  ['same', tf.MaxPool, () => ({ x: values(image.x) }), pooling],
  ['same', tf.AvgPool, () => ({ x: values(image.x) }), pooling],
  [
    'same',
    tf.MaxPoolGrad,
    () => ({ dy: values([2, 4, 6, 3]), input: values(image.x), output: values([2, 4, 6, 3]) }),
    pooling,
  ],
  [
    'valid',
    tf.AvgPoolGrad,
    () => ({ dy: values([2, 3, 5, 3]), input: values(image.x) }),
    { ...pooling, pad: 'valid' },
  ],
  ...[false, true].flatMap((alignCorners) =>
    [tf.ResizeBilinear, tf.ResizeNearestNeighbor].flatMap((kernel): Case[] => [
      [
        `align corners ${alignCorners}`,
        kernel,
        () => ({ images: values([1, 4, 5, 2]) }),
        { alignCorners, halfPixelCenters: false, size: [7, 3] },
      ],
      [
        `align corners ${alignCorners}`,
        `${kernel}Grad`,
        // Square: tfjs-backend-cpu swaps height and width of this gradient.
        () => ({ images: values([1, 5, 5, 2]), dy: values([1, 7, 3, 2]) }),
        { alignCorners },
      ],
    ]),
  ),
  [
    'two batch axes',
    tf.GatherV2,
    () => ({ x: values([2, 3, 5, 4]), indices: indices([2, 3, 2], 5) }),
    { axis: 2, batchDims: 2 },
  ],
  [
    'an axis after the batch axes',
    tf.GatherV2,
    () => ({ x: values([2, 3, 5, 4]), indices: indices([2, 6], 5) }),
    { axis: 2, batchDims: 1 },
  ],
  ['rows', tf.GatherNd, () => ({ params: values([4, 4, 3]), indices: indices([5, 2], 4) }), {}],
  [
    'the same place twice',
    tf.ScatterNd,
    () => ({ indices: tf.tensor2d([[1], [3], [1]], [3, 1], 'int32'), updates: values([3, 2]) }),
    { shape: [4, 2] },
  ],
  [
    'rows',
    tf.TensorScatterUpdate,
    () => ({
      tensor: values([4, 2]),
      indices: tf.tensor2d([[2], [0]], [2, 1], 'int32'),
      updates: values([2, 2]),
    }),
    {},
  ],
  [
    'exclusive, in reverse',
    tf.Cumsum,
    () => ({ x: values([3, 4, 2]) }),
    { axis: 1, exclusive: true, reverse: true },
  ],
  [
    'in reverse',
    tf.Cumprod,
    () => ({ x: values([3, 4]) }),
    { axis: 1, exclusive: false, reverse: true },
  ],
  [
    'reflect',
    tf.MirrorPad,
    () => ({ x: values([3, 4]) }),
    {
      paddings: [
        [1, 2],
        [0, 3],
      ],
      mode: 'reflect',
    },
  ],
  [
    'symmetric',
    tf.MirrorPad,
    () => ({ x: values([3, 4]) }),
    {
      paddings: [
        [1, 3],
        [2, 4],
      ],
      mode: 'symmetric',
    },
  ],
  [
    'backwards',
    tf.StridedSlice,
    () => ({ x: values([5, 6]) }),
    {
      begin: [4, 1],
      end: [0, 6],
      strides: [-2, 2],
      beginMask: 0,
      endMask: 0,
      ellipsisMask: 0,
      newAxisMask: 0,
      shrinkAxisMask: 0,
    },
  ],
  [
    'ids outside',
    tf.UnsortedSegmentSum,
    () => ({ x: values([6, 3]), segmentIds: tf.tensor1d([0, 2, -1, 2, 9, 1], 'int32') }),
    { numSegments: 4 },
  ],
  [
    'ties',
    tf.TopK,
    () => ({
      x: tf.tensor2d([
        [1, 3, 3, 2, 3],
        [5, 5, 5, 5, 5],
      ]),
    }),
    { k: 3, sorted: true },
  ],
  ['integers', tf.TopK, () => ({ x: values([3, 40], 'int32', 9) }), { k: 7, sorted: true }],
  ['many', tf.TopK, () => ({ x: values([2, 500]) }), { k: 200, sorted: true }],
  ['all of them', tf.TopK, () => ({ x: values([2, 50]) }), { k: 50, sorted: true }],
  [
    'crops',
    tf.BatchToSpaceND,
    () => ({ x: values([8, 2, 3, 2]) }),
    {
      blockShape: [2, 2],
      crops: [
        [1, 0],
        [0, 2],
      ],
    },
  ],
  [
    'paddings',
    tf.SpaceToBatchND,
    () => ({ x: values([2, 3, 4, 2]) }),
    {
      blockShape: [2, 2],
      paddings: [
        [1, 0],
        [0, 2],
      ],
    },
  ],
  [
    'blocks',
    tf.DepthToSpace,
    () => ({ x: values([2, 3, 2, 8]) }),
    { blockSize: 2, dataFormat: 'NHWC' },
  ],
];

test.each(CASES)('%s: %s equals tfjs-backend-cpu', async (_, kernel, inputs, attrs) => {
  const actual = await run('libtorch', kernel, inputs, attrs);
  const expected = await run('cpu', kernel, inputs, attrs);
  expect(actual.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
    expected.map(({ shape, dtype }) => ({ shape, dtype })),
  );
  actual.forEach(({ data }, result) => {
    const wanted = expected[result]?.data ?? [];
    const worst = data.reduce((most, x, i) => Math.max(most, Math.abs(x - (wanted[i] ?? NaN))), 0);
    expect(worst).toBeLessThan(TOLERANCE);
  });
});

async function run(backend: string, kernel: string, inputs: () => Inputs, attrs: tf.NamedAttrMap) {
  await tf.setBackend(backend);
  try {
    return tf.tidy(() => {
      const result: tf.Tensor | tf.Tensor[] = tf.engine().runKernel(kernel, inputs(), attrs);
      return [result].flat().map((tensor) => ({
        shape: tensor.shape,
        dtype: tensor.dtype,
        data: [...tensor.dataSync()],
      }));
    });
  } finally {
    await tf.setBackend('libtorch');
  }
}

test('average pooling with padding hands each gradient to the values that were averaged', () => {
  const shares = tf.tidy(() => {
    const inputs = { dy: tf.ones([1, 2, 2, 1]), input: tf.ones([1, 3, 3, 1]) };
    const attrs = { filterSize: [2, 2], strides: [2, 2], pad: 'same' };
    const dx: tf.Tensor = tf.engine().runKernel(tf.AvgPoolGrad, inputs, attrs);
    return [...dx.dataSync()];
  });
  // The windows at the right and the bottom reach over the edge: two values share there, in the
  // corner one is alone.
  expect(shares).toEqual([0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.5, 0.5, 1]);
});

test('NaN is never among the largest while there is anything else', () => {
  const [top, positions] = tf.tidy(() => {
    const { values: found, indices: at } = tf.topk(tf.tensor1d([NaN, 1, NaN, 3, -Infinity]), 4);
    return [[...found.dataSync()], [...at.dataSync()]];
  });
  expect(top).toEqual([3, 1, -Infinity, NaN]);
  expect(positions).toEqual([3, 1, 4, 0]);
});

test('an equation equals the matrix product it stands for', () => {
  tf.tidy(() => {
    const [a, b] = [values([5, 2, 3]), values([5, 4, 3])];
    const actual = tf.einsum('bij, bkj -> bki', a, b);
    const expected = tf.transpose(tf.matMul(a, b, false, true), [0, 2, 1]);
    const worst = tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0];
    expect(worst).toBeLessThan(TOLERANCE);
  });
});
