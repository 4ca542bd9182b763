/** Who takes part: the engines of `@capgrid/tensor`, and PyTorch where a Python has it. */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ENGINE_KINDS, nativeEnvironment } from '@capgrid/tensor';
import { BenchError } from './bench-error.js';
import { LineChild, type Answer } from './line-child.js';

export const PYTORCH = 'pytorch';
export const PYTORCH_COMPILE = 'pytorch-compile';
export const CONTENDER_NAMES: readonly string[] = [...ENGINE_KINDS, PYTORCH, PYTORCH_COMPILE];

/** Slow, or for users who installed an optional peer: only when asked for. */
const NOT_BY_DEFAULT: readonly string[] = ['cpu', 'tensorflow'];

export interface Contender {
  readonly name: string;
  readonly isPytorch: boolean;
  /** The command that runs the contender's part of a group; `options` become its one argument. */
  readonly command: (group: string, options: object) => [string, ...string[]];
}

export interface Started {
  readonly contender: Contender;
  readonly child: LineChild;
  readonly ready: Answer;
}

export type Device = 'cpu' | 'cuda';

export interface Choice {
  /** Empty: all that take part by default and can start here. */
  readonly names: readonly string[];
  /** Null: CUDA where a contender has it, else the CPU. */
  readonly device: Device | null;
}

/** Threads of every contender; wasm has one in this project, whatever is asked. */
const THREADS = availableParallelism();

const packageFolder = join(import.meta.dirname, '..', '..');

export async function chooseContenders(
  { names, device }: Choice,
  note: (text: string) => void,
): Promise<Contender[]> {
  const wanted =
    names.length > 0 ? names : CONTENDER_NAMES.filter((name) => !NOT_BY_DEFAULT.includes(name));
  const engines = ENGINE_KINDS.filter((kind) => wanted.includes(kind)).map((kind) =>
    engineContender(kind, device),
  );
  const pytorchNames = wanted.filter((name) => name === PYTORCH || name === PYTORCH_COMPILE);
  if (pytorchNames.length === 0) return engines;
  const python = await findPytorch();
  if (python === null) {
    const problem = `No python3 with PyTorch (tried ${PYTHONS.join(', ')}). On Debian: apt-get install python3-torch.`;
    if (names.length > 0) throw new BenchError(problem);
    note(`pytorch: left out. ${problem}`);
    return engines;
  }
  const isOnCuda = device === null ? python.hasCuda : device === 'cuda';
  if (isOnCuda && !python.hasCuda) throw new BenchError('This PyTorch finds no CUDA device.');
  // Compiling for the CPU takes minutes and a compiler that is often not there: when asked for.
  const usesCompile =
    python.hasCompile && (isOnCuda || names.includes(PYTORCH_COMPILE))
      ? pytorchNames
      : pytorchNames.filter((name) => name !== PYTORCH_COMPILE);
  if (names.includes(PYTORCH_COMPILE) && !python.hasCompile) {
    throw new BenchError(`torch ${python.version} has no torch.compile; it needs 2.0 or later.`);
  }
  return [
    ...engines,
    ...usesCompile.map((name) =>
      pytorchContender(name, python.path, isOnCuda ? 'cuda' : 'cpu', name === PYTORCH_COMPILE),
    ),
  ];
}

/**
 * Starts the contenders of one case. One that cannot start is left out with a note, unless it was
 * asked for by name.
 */
export async function startAll(
  contenders: readonly Contender[],
  group: string,
  options: object,
  { isRequired, note }: { isRequired: boolean; note: (text: string) => void },
): Promise<Started[]> {
  const started: Started[] = [];
  try {
    for (const contender of contenders) {
      try {
        const { child, ready } = await LineChild.start(
          contender.name,
          contender.command(group, options),
          contenderEnvironment(),
        );
        started.push({ contender, child, ready });
      } catch (error) {
        if (isRequired || !(error instanceof BenchError)) throw error;
        note(`${contender.name}: left out. ${error.message}`);
      }
    }
  } catch (error) {
    await endAll(started);
    throw error;
  }
  return started;
}

export async function endAll(started: readonly Started[]): Promise<void> {
  await Promise.all(started.map(({ child }) => child.end()));
}

function engineContender(kind: string, device: Device | null): Contender {
  return {
    name: kind,
    isPytorch: false,
    command: (group, options) => [
      process.execPath,
      join(packageFolder, 'dist', group, 'child.js'),
      JSON.stringify({ ...options, engine: kind, device, threads: THREADS }),
    ],
  };
}

function pytorchContender(
  name: string,
  python: string,
  device: Device,
  compile: boolean,
): Contender {
  return {
    name,
    isPytorch: true,
    command: (group, options) => [
      python,
      join(packageFolder, 'pytorch', `${group}.py`),
      JSON.stringify({ ...options, device, compile, threads: THREADS }),
    ],
  };
}

/**
 * What every contender gets, PyTorch too: pools of OpenMP and of the BLAS of the same size, the same
 * way of waiting for work, the same kernels of OpenBLAS. What the user has set of the latter two stays.
 */
export function contenderEnvironment(): Record<string, string> {
  const names = ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'];
  return {
    ...Object.fromEntries(names.map((name) => [name, String(THREADS)])),
    ...nativeEnvironment(),
  };
}

const PYTHONS = ['python3', '/usr/bin/python3'];
const PROBE = `
import json, torch
print(json.dumps({"version": torch.__version__, "hasCuda": torch.cuda.is_available(),
                  "hasCompile": hasattr(torch, "compile")}))`;

interface Pytorch {
  readonly path: string;
  readonly version: string;
  readonly hasCuda: boolean;
  readonly hasCompile: boolean;
}

async function findPytorch(): Promise<Pytorch | null> {
  for (const path of PYTHONS) {
    try {
      const { stdout } = await promisify(execFile)(path, ['-c', PROBE]);
      return { path, ...(JSON.parse(stdout) as Omit<Pytorch, 'path'>) };
    } catch {
      // Not installed, or without torch: try the next one.
    }
  }
  return null;
}
