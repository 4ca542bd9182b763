/** The functions of the addon about GPUs. */
import type { NativeArray } from './dtypes.js';

type Ids = readonly number[];

export interface DeviceFunctions {
  /** Names in CUDA's order; null where the addon was built without CUDA. */
  gpus(): string[] | null;
  /** Before the first tensor. */
  useGpu(index: number): void;
  /** False lets GPUs round the factors of matrix products and convolutions to TF32. */
  setStrictFloat32(isStrict: boolean): void;
}

/** Only there where `gpus()` is not null, and only to be called after `useGpu`. */
export interface GpuFunctions {
  /** Waits until the GPU has nothing left to do; throws what failed there. */
  synchronize(): void;
  gpuMemory(): GpuMemory;
  downloadAsync(id: number, into: NativeArray): Promise<void>;

  /** Operations are recorded from here on, not run. Results: copies of the inputs, for the step to read. */
  beginRecording(inputs: Ids): void;
  /**
   * @param owned tensors that the step changes in place
   * @returns number of the recorded step
   */
  endRecording(outputs: Ids, owned: Ids): number;
  abandonRecording(): void;
  /** Whether a tensor that the step changes in place has other memory by now, or shares it. */
  isStale(step: number): boolean;
  /** Results: copies of the step's outputs. */
  replay(step: number, inputs: Ids): void;
  freeStep(step: number): void;
}

/** In bytes. */
export interface GpuMemory {
  /** By tensors and recorded steps of this process. */
  readonly allocated: number;
  /** The same and what libtorch keeps for later. */
  readonly reserved: number;
  /** Of the GPU, which other processes may use too. */
  readonly free: number;
  readonly total: number;
}
