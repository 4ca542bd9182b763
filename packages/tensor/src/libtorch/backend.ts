/** The TensorFlow.js backend whose tensors live in libtorch. */
import {
  DataStorage,
  KernelBackend,
  backend_util,
  engine,
  util,
  type BackendTimingInfo,
  type BackendValues,
  type DataId,
  type DataType,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { KernelInputError } from '../errors.js';
import type { Binding } from './binding.js';
import { isSameShape, type NativeData, type StoredData } from './data.js';
import { arrayOf, codeOf, dtypeOf, emptyArray, isNativeDtype } from './dtypes.js';
import type { StepRecording } from './step-recording.js';

export class LibtorchBackend extends KernelBackend {
  private readonly data: DataStorage<StoredData>;
  /**
   * Whether lookups refuse indices outside. On a GPU the check would wait for the device, so there
   * they are moved inside unless this is set.
   */
  checksIndices: boolean;
  /** Not null while operations are recorded instead of run. */
  recording: StepRecording | null = null;

  constructor(
    readonly binding: Binding,
    /** Index of the GPU; null: the CPU. */
    readonly gpu: number | null = null,
  ) {
    super();
    this.data = new DataStorage(this, engine());
    this.checksIndices = gpu === null;
  }

  get isOnGpu(): boolean {
    return this.gpu !== null;
  }

  // Data in and out

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  /** Stores under a DataId that exists, as when a tensor comes from another backend. */
  override move(
    dataId: DataId,
    values: BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    if (dtype === 'string') {
      this.data.set(dataId, { kind: 'string', values: bytesOf(values), refCount });
    } else if (dtype === 'complex64') {
      const parts = backend_util.splitRealAndImagArrays(numbersOf(values, Float32Array));
      this.data.set(dataId, {
        kind: 'complex',
        real: this.upload(parts.real, shape, 'float32'),
        imag: this.upload(parts.imag, shape, 'float32'),
        refCount,
      });
    } else {
      if (!isNativeDtype(dtype)) throw new KernelInputError('write', `no dtype ${String(dtype)}`);
      const array = arrayOf(dtype, numbersOf(values));
      this.binding.upload(array, codeOf(dtype), shape);
      this.data.set(dataId, this.stored(0, refCount));
    }
  }

  override readSync(dataId: DataId): BackendValues {
    const data = this.find(dataId);
    switch (data.kind) {
      case 'string':
        return data.values;
      case 'complex':
        return backend_util.mergeRealAndImagArrays(
          numbersOf(this.readSync(data.real.dataId), Float32Array),
          numbersOf(this.readSync(data.imag.dataId), Float32Array),
        );
      case 'native': {
        this.refuseToRead();
        const into = emptyArray(data.dtype, util.sizeFromShape([...data.shape]));
        this.binding.download(data.id, into);
        return into;
      }
    }
  }

  /** On a GPU without waiting for it. Rejects with what failed there. */
  override async read(dataId: DataId): Promise<BackendValues> {
    const data = this.find(dataId);
    if (!this.isOnGpu || data.kind === 'string') return Promise.resolve(this.readSync(dataId));
    if (data.kind === 'complex') {
      const parts = await Promise.all([this.read(data.real.dataId), this.read(data.imag.dataId)]);
      const [real, imag] = parts.map((part) => numbersOf(part, Float32Array));
      return backend_util.mergeRealAndImagArrays(
        real ?? new Float32Array(),
        imag ?? new Float32Array(),
      );
    }
    this.refuseToRead();
    const into = emptyArray(data.dtype, util.sizeFromShape([...data.shape]));
    await this.binding.downloadAsync(data.id, into);
    return into;
  }

  // Life of data

  override refCount(dataId: DataId): number {
    return this.data.has(dataId) ? this.data.get(dataId).refCount : 0;
  }

  override incRef(dataId: DataId): void {
    this.data.get(dataId).refCount += 1;
  }

  /** Called by tfjs-core where a tape keeps data alive. */
  decRef(dataId: DataId): void {
    if (this.data.has(dataId)) this.data.get(dataId).refCount -= 1;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    const data = this.data.get(dataId);
    data.refCount -= 1;
    if (!force && data.refCount > 0) return false;
    if (data.kind === 'complex') {
      this.disposeData(data.real.dataId);
      this.disposeData(data.imag.dataId);
    } else if (data.kind === 'native') {
      this.dropViews(data);
      this.binding.free(data.id);
    }
    this.data.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.data.numDataIds();
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return true;
  }

  override async time(run: () => void): Promise<BackendTimingInfo> {
    const started = performance.now();
    run();
    if (this.isOnGpu) this.binding.synchronize();
    return Promise.resolve({ kernelMs: performance.now() - started });
  }

  override dispose(): void {
    // The data die with their tensors; the addon ends with the process.
  }

  // For kernels

  /** Native id of a tensor's values in the tensor's shape. */
  id(info: TensorInfo): number {
    const data = this.find(info.dataId);
    if (data.kind !== 'native') {
      throw new KernelInputError('libtorch', `a ${info.dtype} tensor has no native values`);
    }
    this.recording?.noteRead(info.dataId);
    if (isSameShape(data.shape, info.shape)) return data.id;
    const known = data.views.find(({ shape }) => isSameShape(shape, info.shape));
    if (known !== undefined) return known.id;
    this.binding.reshape(data.id, info.shape);
    const id = this.binding.results[0] ?? 0;
    data.views.push({ shape: [...info.shape], id });
    return id;
  }

  /** The tensor that the last native call made. */
  result(): TensorInfo {
    return this.keep(this.stored(0, 1));
  }

  /** The tensors that the last native call made. */
  results(count: number): TensorInfo[] {
    const infos: TensorInfo[] = [];
    for (let at = 0; infos.length < count; at += 3 + (this.binding.results[at + 2] ?? 0)) {
      infos.push(this.keep(this.stored(at, 1)));
    }
    return infos;
  }

  /** Data of a tensor; those of another backend are moved here. */
  private find(dataId: DataId): StoredData {
    if (!this.data.has(dataId) && !engine().state.tensorInfo.has(dataId)) {
      throw new KernelInputError('libtorch', 'a tensor was used after it was disposed of');
    }
    return this.data.get(dataId);
  }

  private keep(data: NativeData): TensorInfo {
    const dataId = {};
    this.data.set(dataId, data);
    return { dataId, shape: data.shape, dtype: data.dtype };
  }

  upload(values: BackendValues, shape: number[], dtype: DataType): TensorInfo {
    return { dataId: this.write(values, shape, dtype), shape, dtype };
  }

  /** A complex tensor that owns both parts. */
  joinComplex(real: TensorInfo, imag: TensorInfo): TensorInfo {
    const dataId = {};
    this.data.set(dataId, { kind: 'complex', real, imag, refCount: 1 });
    return { dataId, shape: real.shape, dtype: 'complex64' };
  }

  complexParts(info: TensorInfo): { real: TensorInfo; imag: TensorInfo } {
    const data = this.data.get(info.dataId);
    if (data.kind !== 'complex') throw new KernelInputError('Complex', `got ${info.dtype}`);
    return {
      real: { ...data.real, shape: info.shape },
      imag: { ...data.imag, shape: info.shape },
    };
  }

  /**
   * Native id of a tensor that a kernel is about to change in place; the values may have another
   * shape there, as after a reshape.
   *
   * @throws KernelInputError when clones or reshapes share its values: they would change too.
   */
  ownedId(info: TensorInfo): number {
    const data = this.data.get(info.dataId);
    if (data.kind !== 'native') {
      throw new KernelInputError('libtorch', `a ${data.kind} tensor cannot be changed in place`);
    }
    if (!this.ownsValues(info.dataId)) {
      throw new KernelInputError(
        'libtorch',
        'a tensor to change in place shares its values with another tensor: dispose of clones and reshapes of it first',
      );
    }
    this.dropViews(data);
    this.recording?.noteChange(info.dataId, data.id);
    return data.id;
  }

  /** Whether a tensor exists and no other one shares its values. */
  ownsValues(dataId: DataId): boolean {
    return this.refCount(dataId) === 1;
  }

  /** Frees what the backend itself keeps of the values under other shapes. */
  forgetShapes(dataId: DataId): void {
    const data = this.data.get(dataId);
    if (data.kind === 'native') this.dropViews(data);
  }

  private refuseToRead(): void {
    if (this.recording === null) return;
    throw this.recording.note(
      'it reads values back (dataSync, arraySync, data), and they are not computed yet; return the tensor and read it outside',
    );
  }

  private dropViews(data: NativeData): void {
    for (const { id } of data.views) this.binding.free(id);
    data.views.length = 0;
  }

  /** Data of the result that starts at `at` in the result buffer. */
  private stored(at: number, refCount: number): NativeData {
    const { results } = this.binding;
    const rank = results[at + 2] ?? 0;
    const shape: number[] = [];
    for (let axis = 0; axis < rank; axis += 1) shape.push(results[at + 3 + axis] ?? 0);
    return {
      kind: 'native',
      id: results[at] ?? 0,
      dtype: dtypeOf(results[at + 1]),
      shape,
      views: [],
      refCount,
    };
  }
}

function bytesOf(values: BackendValues): Uint8Array[] {
  if (Array.isArray(values)) return values;
  throw new KernelInputError('write', 'a string tensor needs encoded strings');
}

function numbersOf(values: BackendValues): Exclude<BackendValues, Uint8Array[]>;
function numbersOf(values: BackendValues, type: typeof Float32Array): Float32Array;
function numbersOf(
  values: BackendValues,
  type?: typeof Float32Array,
): Exclude<BackendValues, Uint8Array[]> {
  if (Array.isArray(values)) throw new KernelInputError('write', 'got strings, expected numbers');
  if (type === undefined || values instanceof type) return values;
  return type.from(values);
}
