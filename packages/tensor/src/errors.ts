/** Errors of the engines. Each has a stable `code`. */
import { version_core, type TensorInfo } from '@tensorflow/tfjs-core';

export class UnknownEngineError extends Error {
  readonly code = 'engine-unknown';
  constructor(kind: string, known: readonly string[]) {
    super(`Unknown engine "${kind}". Choose one of: ${known.join(', ')}.`);
    this.name = 'UnknownEngineError';
  }
}

export class EngineStartError extends Error {
  readonly code = 'engine-start-failed';
  /** The first line of the cause. */
  readonly reason: string | null;
  constructor(kind: string, options?: ErrorOptions) {
    const reason = options?.cause === undefined ? null : firstLine(options.cause);
    const remedy =
      kind === 'libtorch'
        ? 'Build it again: ./capgrid setup. Or choose the engine "wasm".'
        : 'Check that its package is installed whole (npm ci), or choose the engine "cpu".';
    const why = reason === null ? '' : `: ${reason.replace(/\.$/, '')}`;
    super(`The engine "${kind}" did not start${why}. ${remedy}`, options);
    this.name = 'EngineStartError';
    this.reason = reason;
  }
}

/** An option of an engine has a value that none of it can have. */
export class EngineOptionError extends Error {
  readonly code = 'engine-option';
  constructor(option: string, value: unknown, remedy: string) {
    super(`The engine's option "${option}" is ${String(value)}: ${remedy}.`);
    this.name = 'EngineOptionError';
  }
}

/** The engine "libtorch" was asked for, and its native part is not there. */
export class AddonMissingError extends Error {
  readonly code = 'engine-not-built';
  constructor() {
    super(
      'The engine "libtorch" is not built on this machine. Run ./capgrid setup (outside the Capgrid ' +
        'repository: npm run build:native in the package @capgrid/tensor), or choose the engine "wasm".',
    );
    this.name = 'AddonMissingError';
  }
}

/** The engine "tensorflow" was asked for, and the user has not installed it. */
export class TensorflowMissingError extends Error {
  readonly code = 'engine-package-missing';
  constructor(packages: readonly string[]) {
    super(
      `The engine "tensorflow" needs ${packages.join(' or ')}, and neither is installed. ` +
        `Run npm install --no-save ${packages.at(-1)}@${version_core}, or choose the engine "libtorch" or "wasm".`,
    );
    this.name = 'TensorflowMissingError';
  }
}

/** A package of TensorFlow is installed, but not whole, or not for this machine. */
export class TensorflowStartError extends Error {
  readonly code = 'engine-start-failed';
  constructor(name: string, options: { cause: unknown }) {
    super(
      `"${name}" is installed and does not load: ${firstLine(options.cause)}. Install it again, or choose another engine.`,
      options,
    );
    this.name = 'TensorflowStartError';
  }
}

/** A native kernel failed: the operation, its inputs and what libtorch said. */
export class NativeKernelError extends Error {
  /**
   * `kernel-input`, `kernel-failed`, `out-of-memory` or `device-failed`: after the last one this
   * process cannot use the GPU any more, another one can.
   */
  readonly code: string;
  constructor(kernel: string, inputs: readonly TensorInfo[], cause: unknown) {
    const given = inputs.map(({ shape, dtype }) => `[${shape.join(', ')}] ${dtype}`).join(', ');
    const problem = cause instanceof Error ? cause.message : String(cause);
    super(`${kernel}: ${problem} (${given === '' ? 'no inputs' : `inputs: ${given}`})`, { cause });
    this.name = 'NativeKernelError';
    this.code = codeOf(cause);
  }
}

function codeOf(cause: unknown): string {
  const isCoded = cause instanceof Error && 'code' in cause && typeof cause.code === 'string';
  return isCoded ? String(cause.code) : 'kernel-failed';
}

/** The engine "libtorch" was to compute on a device that is not there. */
export class UnknownDeviceError extends Error {
  readonly code = 'device-unknown';
  constructor(device: string, remedy: string) {
    super(`The device "${device}" is not there. ${remedy}`);
    this.name = 'UnknownDeviceError';
  }
}

/** A step given to captureStep does what a recording cannot repeat. */
export class StepRuleError extends Error {
  readonly code = 'step-rule';
  constructor(problem: string) {
    super(`The step cannot be recorded: ${problem}.`);
    this.name = 'StepRuleError';
  }
}

/** A kernel was called with tensors of another backend or dtype than it can take. */
export class KernelInputError extends Error {
  readonly code = 'kernel-input';
  constructor(kernel: string, problem: string) {
    super(`${kernel}: ${problem}`);
    this.name = 'KernelInputError';
  }
}

function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.trim().split('\n')[0] ?? '';
}
