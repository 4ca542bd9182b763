/** How a native kernel is written down, and how it becomes a kernel of tfjs's registry. */
import {
  getKernel,
  registerKernel,
  type Attribute,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { KernelInputError, NativeKernelError } from '../../errors.js';
import type { LibtorchBackend } from '../backend.js';
import { delegate } from '../delegate.js';
import { isNativeDtype } from '../dtypes.js';

export const BACKEND = 'libtorch';

export interface NativeKernel {
  readonly name: string;
  readonly run: (call: KernelCall) => TensorInfo | TensorInfo[];
  /** Inputs it takes; others go to tfjs-backend-cpu. All of native dtype unless given. */
  readonly accepts?: (call: KernelCall) => boolean;
  /** What `accepts` leaves to this form, for the README. */
  readonly limit?: string;
}

/** Inputs and attributes of one call, by name. */
export class KernelCall {
  constructor(
    readonly backend: LibtorchBackend,
    private readonly inputs: NamedTensorInfoMap,
    private readonly attrs: NamedAttrMap,
  ) {}

  get binding(): LibtorchBackend['binding'] {
    return this.backend.binding;
  }

  /** In the order they were given; tfjs passes lists of inputs as objects with numbers as keys. */
  all(): TensorInfo[] {
    return Object.values(this.inputs).filter((info) => info !== undefined);
  }

  /** A plain loop, since it runs before every kernel. */
  hasNativeInputs(): boolean {
    for (const name in this.inputs) {
      const info = this.inputs[name];
      if (info !== undefined && !isNativeDtype(info.dtype)) return false;
    }
    return true;
  }

  input(name: string): TensorInfo {
    const info = this.inputs[name];
    if (info === undefined) throw new KernelInputError('libtorch', `the input "${name}" is absent`);
    return info;
  }

  optional(name: string): TensorInfo | null {
    return this.inputs[name] ?? null;
  }

  id(name: string): number {
    return this.backend.id(this.input(name));
  }

  optionalId(name: string): number | null {
    const info = this.optional(name);
    return info === null ? null : this.backend.id(info);
  }

  ids(): number[] {
    return this.all().map((info) => this.backend.id(info));
  }

  number(name: string): number {
    const value = this.attribute(name);
    if (typeof value === 'number') return value;
    throw this.wrongAttribute(name);
  }

  flag(name: string): boolean {
    return this.attribute(name) === true;
  }

  text(name: string): string {
    const value = this.attribute(name);
    if (typeof value === 'string') return value;
    throw this.wrongAttribute(name);
  }

  /** A number counts as a list of one, as in tfjs. */
  numbers(name: string): number[] {
    const value = this.attribute(name);
    if (typeof value === 'number') return [value];
    if (Array.isArray(value)) return value.flat().map(Number);
    throw this.wrongAttribute(name);
  }

  private wrongAttribute(name: string): KernelInputError {
    const value = JSON.stringify(this.attrs[name]);
    return new KernelInputError('libtorch', `the attribute "${name}" is ${value}`);
  }

  attribute(name: string): Attribute | undefined {
    return this.attrs[name];
  }

  /** Gives the result of the last native call to another one and frees it. */
  between(next: (id: number) => void): void {
    const id = this.binding.results[0] ?? -1;
    try {
      next(id);
    } finally {
      this.binding.free(id);
    }
  }

  /** The values of an input under a shape of the same size; no copy. */
  share(name: string, shape: number[]): TensorInfo {
    const { dataId, dtype } = this.input(name);
    this.backend.incRef(dataId);
    return { dataId, shape, dtype };
  }

  result(): TensorInfo {
    return this.backend.result();
  }

  results(count: number): TensorInfo[] {
    return this.backend.results(count);
  }

  /**
   * `count` results of one rank, of which a native call gives as many as the result buffer holds.
   * @param make makes the results from `begin` to `end`
   */
  manyResults(
    count: number,
    rank: number,
    make: (begin: number, end: number) => void,
  ): TensorInfo[] {
    const most = Math.floor(this.binding.results.length / (3 + rank));
    const made: TensorInfo[] = [];
    try {
      for (let begin = 0; begin < count; begin += most) {
        const end = Math.min(count, begin + most);
        make(begin, end);
        made.push(...this.results(end - begin));
      }
    } catch (error) {
      for (const { dataId } of made) this.backend.disposeData(dataId);
      throw error;
    }
    return made;
  }
}

export function registerNative(backend: LibtorchBackend, kernel: NativeKernel): void {
  const { name, run, accepts = hasNativeInputs } = kernel;
  const borrowed = getKernel(name, 'cpu');
  const kernelFunc: KernelFunc = ({ inputs, attrs }) => {
    const call = new KernelCall(backend, inputs, attrs ?? {});
    if (borrowed && !accepts(call)) return delegate(backend, borrowed.kernelFunc, inputs, attrs);
    try {
      return run(call);
    } catch (cause) {
      throw lacksName(cause, name) ? new NativeKernelError(name, call.all(), cause) : cause;
    }
  };
  registerKernel({ kernelName: name, backendName: BACKEND, kernelFunc });
}

/** Errors of the addon and of the backend have a code; checks of tfjs-core speak for themselves. */
function lacksName(cause: unknown, kernel: string): boolean {
  return cause instanceof Error && 'code' in cause && !cause.message.startsWith(`${kernel}: `);
}

export function hasNativeInputs(call: KernelCall): boolean {
  return call.hasNativeInputs();
}
