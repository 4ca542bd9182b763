import { expect, it } from 'vitest';
import { planSetup, refuseIfLacking } from './plan-setup.js';

const nothing = {
  state: 'missing' as const,
  libtorch: null,
  lacks: (['libtorch', 'compiler', 'cmake', 'make'] as const).map((part) => ({ part })),
};
const system = {
  state: 'stale' as const,
  libtorch: { source: 'the system', version: '1.13.0', libraryFolder: '/usr/lib/x86_64-linux-gnu' },
  lacks: [],
};
const pip = {
  state: 'stale' as const,
  libtorch: { source: 'PyTorch', version: '2.8.0', libraryFolder: '/home/me/venv/torch/lib' },
  lacks: [],
};
const debian = {
  osRelease: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
  hasAptGet: true,
  isRoot: true,
  hasOpenBlas: false,
};

it('on a bare Debian installs libtorch, a fast BLAS, a compiler, cmake and make', () => {
  expect(planSetup(nothing, debian)).toEqual({
    kind: 'install',
    packages: ['libtorch-dev', 'libopenblas0-pthread', 'g++', 'cmake', 'make'],
  });
});

it('knows the relatives of Debian', () => {
  const mint = { ...debian, osRelease: 'ID=linuxmint\nID_LIKE="ubuntu debian"\n' };
  expect(planSetup(nothing, mint).kind).toBe('install');
});

it('installs only what is not there', () => {
  expect(planSetup({ ...system, lacks: [{ part: 'cmake' }] }, debian)).toEqual({
    kind: 'install',
    packages: ['libopenblas0-pthread', 'cmake'],
  });
  expect(planSetup(system, { ...debian, hasOpenBlas: true })).toEqual({ kind: 'build' });
});

it('needs no compiler for what is built', () => {
  const built = { ...system, state: 'fresh' as const, lacks: [{ part: 'compiler' as const }] };
  expect(planSetup(built, { ...debian, hasOpenBlas: true })).toEqual({ kind: 'build' });
  expect(planSetup(built, debian)).toEqual({
    kind: 'install',
    packages: ['libopenblas0-pthread'],
  });
});

it('leaves the BLAS alone for a PyTorch from pip, which has its own', () => {
  expect(planSetup(pip, debian)).toEqual({ kind: 'build' });
  expect(planSetup(pip, { ...debian, isRoot: false, osRelease: '' })).toEqual({ kind: 'build' });
});

it('without root names the command', () => {
  expect(planSetup(nothing, { ...debian, isRoot: false })).toEqual({
    kind: 'refused',
    reason:
      'installing packages needs root: run sudo apt-get install libtorch-dev libopenblas0-pthread g++ cmake make; ' +
      'the next ./capgrid up builds the native engine',
  });
});

it.each([
  { ...debian, osRelease: 'ID=fedora\n' },
  { ...debian, osRelease: '' },
  { ...debian, hasAptGet: false },
])('elsewhere says what to install', (machine) => {
  expect(planSetup(nothing, machine)).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('pip install torch') as string,
  });
});

it('says what is still missing after an install', () => {
  const lacks = [{ part: 'cmake' as const, reason: 'cmake was not found' }];

  expect(() => refuseIfLacking({ state: 'missing', lacks }, ['cmake'], '/opt/bin')).toThrow(
    'apt-get installed cmake, and still cmake was not found: put /usr/bin into PATH, which is "/opt/bin"',
  );
  refuseIfLacking({ state: 'stale', lacks: [] }, ['cmake'], '/usr/bin');
});
