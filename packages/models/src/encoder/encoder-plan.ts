/** A layer plan as written beside converted weights: checked once, then trusted. */
import { EncoderPlanError } from '../errors.js';

export interface ConvolutionLayer {
  readonly op: 'conv' | 'dwconv';
  readonly name: string;
  readonly input: number;
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

export interface AddLayer {
  readonly op: 'add';
  readonly inputs: readonly [number, number];
  readonly output: number;
}

export interface PoolLayer {
  /** Mean over all places. */
  readonly op: 'avgpool';
  readonly input: number;
  readonly output: number;
}

export type PlanLayer = ConvolutionLayer | AddLayer | PoolLayer;

export interface EncoderPlan {
  readonly name: string;
  /** Height and width of the input in pixels. */
  readonly inputSize: readonly [number, number];
  readonly inputTensor: number;
  /** Value = byte * scale + offset. */
  readonly scale: number;
  readonly offset: number;
  readonly featureTensor: number;
  /** [channels, height, width] */
  readonly featureShape: readonly [number, number, number];
  readonly layers: readonly PlanLayer[];
  /** Class names, empty when the plan has no classifier. */
  readonly labels: readonly string[];
}

/** How a plan may ask for its input; x is a byte. */
const RANGES: Readonly<Record<string, { scale: number; offset: number }>> = {
  'x/127.5-1': { scale: 1 / 127.5, offset: -1 },
  'x/255': { scale: 1 / 255, offset: 0 },
  x: { scale: 1, offset: 0 },
};

/** `json`: the parsed plan file. */
export function parseEncoderPlan(json: unknown): EncoderPlan {
  const plan = new Reader('plan', json);
  const input = plan.child('input');
  const range = input.text('range');
  const scaling = RANGES[range];
  if (scaling === undefined) {
    throw new EncoderPlanError(
      'input.range',
      `"${range}" is not known; use one of ${Object.keys(RANGES).join(', ')}.`,
    );
  }
  const channels = input.text('channels');
  if (channels !== 'RGB') {
    throw new EncoderPlanError('input.channels', `"${channels}" is not supported; use RGB.`);
  }
  const featureMap = plan.child('feature_map');
  const [height = 0, width = 0] = input.numbers('size', 2);
  const [depth = 0, rows = 0, columns = 0] = featureMap.numbers('shape', 3);
  const result: EncoderPlan = {
    name: plan.text('name'),
    inputSize: [height, width],
    inputTensor: plan.number('input_tensor'),
    ...scaling,
    featureTensor: featureMap.number('tensor'),
    featureShape: [depth, rows, columns],
    layers: plan.children('layers').map(readLayer),
    labels: plan.has('labels') ? plan.texts('labels') : [],
  };
  assertOrder(result);
  return result;
}

function readLayer(layer: Reader): PlanLayer {
  const op = layer.text('op');
  const output = layer.number('out');
  switch (op) {
    case 'add': {
      const [a = 0, b = 0] = layer.numbers('inp', 2);
      return { op, inputs: [a, b], output };
    }
    case 'avgpool':
      return { op, input: layer.number('inp'), output };
    case 'conv':
    case 'dwconv': {
      const activation = layer.text('act');
      if (activation !== 'relu' && activation !== 'none') {
        throw new EncoderPlanError(
          layer.where,
          `the activation "${activation}" is not supported; use relu or none.`,
        );
      }
      return {
        op,
        name: layer.text('name'),
        input: layer.number('inp'),
        output,
        stride: layer.number('stride'),
        kernel: layer.number('k'),
        activation,
        channelsIn: layer.number('cin'),
        channelsOut: layer.number('cout'),
        weight: layer.text('weight'),
        bias: layer.text('bias'),
      };
    }
    default:
      throw new EncoderPlanError(
        layer.where,
        `the operation "${op}" is not supported; use conv, dwconv, add or avgpool.`,
      );
  }
}

/** Every layer reads tensors that exist by then, and the feature map is one of them. */
function assertOrder(plan: EncoderPlan): void {
  const known = new Set([plan.inputTensor]);
  for (const [position, layer] of plan.layers.entries()) {
    for (const input of inputsOf(layer)) {
      if (!known.has(input)) {
        throw new EncoderPlanError(
          `layers[${position}]`,
          `it reads the tensor ${input}, which no earlier layer writes.`,
        );
      }
    }
    known.add(layer.output);
  }
  if (!known.has(plan.featureTensor)) {
    throw new EncoderPlanError(
      'feature_map.tensor',
      `no layer writes the tensor ${plan.featureTensor}.`,
    );
  }
}

export function inputsOf(layer: PlanLayer): readonly number[] {
  return layer.op === 'add' ? layer.inputs : [layer.input];
}

/** Reads fields of one JSON object and names them in errors. */
class Reader {
  constructor(
    readonly where: string,
    private readonly value: unknown,
  ) {
    if (typeof value !== 'object' || value === null) {
      throw new EncoderPlanError(where, 'an object was expected.');
    }
  }

  has(name: string): boolean {
    return this.field(name) !== undefined;
  }

  text(name: string): string {
    const value = this.field(name);
    if (typeof value === 'string') return value;
    throw this.wrong(name, 'a text', value);
  }

  texts(name: string): string[] {
    return this.list(name).map(String);
  }

  number(name: string): number {
    const value = this.field(name);
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
    throw this.wrong(name, 'a whole number', value);
  }

  numbers(name: string, count: number): number[] {
    const list = this.list(name);
    const isRight = list.length === count && list.every((n) => Number.isInteger(n));
    if (!isRight) throw this.wrong(name, `${count} whole numbers`, list);
    return list.map(Number);
  }

  child(name: string): Reader {
    return new Reader(this.path(name), this.field(name));
  }

  children(name: string): Reader[] {
    return this.list(name).map((item, i) => new Reader(`${this.path(name)}[${i}]`, item));
  }

  private list(name: string): unknown[] {
    const value = this.field(name);
    if (Array.isArray(value)) return value;
    throw this.wrong(name, 'a list', value);
  }

  private field(name: string): unknown {
    return typeof this.value === 'object' && this.value !== null
      ? Reflect.get(this.value, name)
      : undefined;
  }

  private path(name: string): string {
    return this.where === 'plan' ? name : `${this.where}.${name}`;
  }

  private wrong(name: string, expected: string, actual: unknown): EncoderPlanError {
    return new EncoderPlanError(
      this.path(name),
      `${expected} expected, got ${JSON.stringify(actual)?.slice(0, 80) ?? 'nothing'}.`,
    );
  }
}
