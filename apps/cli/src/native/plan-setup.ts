/** What `capgrid setup` has to install before the native tensor engine can be built. */
import { CliError } from '../cli-error.js';
import type { NativeBuild } from './native-build.js';

export interface Machine {
  /** Text of /etc/os-release, empty where there is none. */
  osRelease: string;
  hasAptGet: boolean;
  isRoot: boolean;
  hasOpenBlas: boolean;
}

export type SetupPlan =
  /** Everything is here. */
  { kind: 'build' } | { kind: 'install'; packages: string[] } | { kind: 'refused'; reason: string };

const COMPILER_PACKAGES = { compiler: 'g++', cmake: 'cmake', make: 'make' } as const;

type Found = Pick<NativeBuild, 'state' | 'libtorch'> & {
  lacks: readonly Pick<NativeBuild['lacks'][number], 'part'>[];
};

export function planSetup({ state, lacks, libtorch }: Found, machine: Machine): SetupPlan {
  const packages: string[] = [];
  // What is built needs no compiler any more.
  const needed = state === 'fresh' ? [] : lacks.map(({ part }) => part);
  if (needed.includes('libtorch')) packages.push('libtorch-dev');
  // A PyTorch from pip brings its own BLAS; Debian's libtorch takes the system's, by default the slow one.
  const usesSystemBlas = libtorch === null || libtorch.libraryFolder.startsWith('/usr/lib');
  if (usesSystemBlas && !machine.hasOpenBlas) packages.push('libopenblas0-pthread');
  for (const part of needed) if (part !== 'libtorch') packages.push(COMPILER_PACKAGES[part]);
  if (packages.length === 0) return { kind: 'build' };

  if (!machine.hasAptGet || !/^(ID|ID_LIKE)=.*(debian|ubuntu)/m.test(machine.osRelease)) {
    const reason =
      'this is not Debian or Ubuntu, so install PyTorch (pip install torch), a C++ compiler, cmake and make yourself; ' +
      'the next ./capgrid up builds the native engine';
    return { kind: 'refused', reason };
  }
  if (!machine.isRoot) {
    const command = `sudo apt-get install ${packages.join(' ')}`;
    const reason = `installing packages needs root: run ${command}; the next ./capgrid up builds the native engine`;
    return { kind: 'refused', reason };
  }
  return { kind: 'install', packages };
}

/**
 * What apt-get has installed may lie where the search path of this shell does not lead.
 *
 * @throws CliError `bad-environment`
 */
export function refuseIfLacking(
  { state, lacks }: Pick<NativeBuild, 'state' | 'lacks'>,
  installed: readonly string[],
  path: string | undefined,
): void {
  if (state !== 'missing') return;
  const reasons = lacks.map(({ reason }) => reason).join(' and ');
  const message =
    `apt-get installed ${installed.join(' ')}, and still ${reasons}: ` +
    `put /usr/bin into PATH, which is "${path ?? ''}", and check CXX and CAPGRID_LIBTORCH if they are set`;
  throw new CliError('bad-environment', message);
}
