/** The file of a registered layer plan, written beside converted weights: checked once, then trusted. */
import { z } from 'zod';
import { toSpecIssue } from './spec-issue.js';

/** A tensor of the plan is a number; the layers name those that they read and the one they write. */
const TensorId = z.int().min(0);
const Count = z.int().min(1);

const ConvolutionJson = z.object({
  op: z.enum(['conv', 'dwconv']),
  name: z.string(),
  inp: TensorId,
  out: TensorId,
  stride: Count,
  k: Count,
  act: z.enum(['relu', 'none']),
  cin: Count,
  cout: Count,
  weight: z.string(),
  bias: z.string(),
});
const AddJson = z.object({
  op: z.literal('add'),
  inp: z.tuple([TensorId, TensorId]),
  out: TensorId,
});
const PoolJson = z.object({ op: z.literal('avgpool'), inp: TensorId, out: TensorId });
const LayerJson = z.discriminatedUnion('op', [ConvolutionJson, AddJson, PoolJson]);

/** How a plan may ask for its input; x is a byte. */
const Range = z.enum(['x/127.5-1', 'x/255', 'x']);
const RANGES: Record<z.infer<typeof Range>, { scale: number; offset: number }> = {
  'x/127.5-1': { scale: 1 / 127.5, offset: -1 },
  'x/255': { scale: 1 / 255, offset: 0 },
  x: { scale: 1, offset: 0 },
};

/** The file as it is written: docs/encoder-plans.md. */
export const PlanJson = z.object({
  name: z.string(),
  input: z.object({ size: z.tuple([Count, Count]), channels: z.literal('RGB'), range: Range }),
  input_tensor: TensorId,
  feature_map: z.object({ tensor: TensorId, shape: z.tuple([Count, Count, Count]) }),
  labels: z.array(z.string()).default([]),
  layers: z.array(LayerJson),
});

export interface ConvolutionLayer {
  readonly op: 'conv' | 'dwconv';
  readonly name: string;
  readonly inputs: readonly [number];
  readonly output: number;
  readonly stride: number;
  readonly kernel: number;
  readonly activation: 'relu' | 'none';
  readonly channelsIn: number;
  readonly channelsOut: number;
  /** Names of the arrays in the weights file. */
  readonly weight: string;
  readonly bias: string;
}

interface AddLayer {
  readonly op: 'add';
  readonly inputs: readonly [number, number];
  readonly output: number;
}

interface PoolLayer {
  /** Mean over all places. */
  readonly op: 'avgpool';
  readonly inputs: readonly [number];
  readonly output: number;
}

export type PlanLayer = ConvolutionLayer | AddLayer | PoolLayer;

/** Every layer reads tensors that earlier layers have written, and the feature map is one of them. */
export const EncoderPlan = PlanJson.check(checkOrder).transform(
  ({ input, feature_map: featureMap, ...plan }) => ({
    name: plan.name,
    /** Height and width of the input in pixels. */
    inputSize: input.size,
    inputTensor: plan.input_tensor,
    /** Value = byte * scale + offset. */
    ...RANGES[input.range],
    featureTensor: featureMap.tensor,
    /** [channels, height, width] */
    featureShape: featureMap.shape,
    layers: plan.layers.map(toLayer),
    /** Class names, empty when the plan has no classifier. */
    labels: plan.labels,
  }),
);
export type EncoderPlan = z.output<typeof EncoderPlan>;

type ParsedPlan = { isValid: true; plan: EncoderPlan } | { isValid: false; fault: string };

/** `text`: of the file. `fault`: e.g. `layers.0.act is "gelu": Invalid option: …`. */
export function parseEncoderPlan(text: string): ParsedPlan {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { isValid: false, fault: 'it is not JSON' };
  }
  const parsed = EncoderPlan.safeParse(json, { reportInput: true });
  if (parsed.success) return { isValid: true, plan: parsed.data };
  const faults = parsed.error.issues.slice(0, 3).map((issue) => {
    const { path, value, message } = toSpecIssue(issue);
    return `${path === '' ? 'it' : path} is ${value === null ? '' : `${value}: `}${message}`;
  });
  return { isValid: false, fault: faults.join('; ') };
}

function checkOrder({ value, issues }: z.core.ParsePayload<z.output<typeof PlanJson>>): void {
  const known = new Set([value.input_tensor]);
  for (const [position, { inp, out }] of value.layers.entries()) {
    for (const input of [inp].flat()) {
      if (known.has(input)) continue;
      const path = ['layers', position, 'inp'];
      issues.push({ code: 'custom', path, input, message: 'no earlier layer writes this tensor' });
    }
    known.add(out);
  }
  const { tensor } = value.feature_map;
  if (known.has(tensor)) return;
  const path = ['feature_map', 'tensor'];
  issues.push({ code: 'custom', path, input: tensor, message: 'no layer writes this tensor' });
}

function toLayer(layer: z.output<typeof LayerJson>): PlanLayer {
  switch (layer.op) {
    case 'add':
      return { op: layer.op, inputs: layer.inp, output: layer.out };
    case 'avgpool':
      return { op: layer.op, inputs: [layer.inp], output: layer.out };
    case 'conv':
    case 'dwconv': {
      const { op, name, stride, weight, bias } = layer;
      return {
        op,
        name,
        inputs: [layer.inp],
        output: layer.out,
        stride,
        kernel: layer.k,
        activation: layer.act,
        channelsIn: layer.cin,
        channelsOut: layer.cout,
        weight,
        bias,
      };
    }
  }
}
