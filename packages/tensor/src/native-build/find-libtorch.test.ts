/** What the build finds, in folders laid out as libtorch, pip and CUDA lay out theirs. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const SCRIPT = new URL('../../native/build.mjs', import.meta.url).pathname;
const ENDING = process.platform === 'darwin' ? 'dylib' : 'so';
const NEW_ABI = '_ZN3c105ErrorC2ENS_14SourceLocationENSt7__cxx1112basic_stringIcEE';
const OLD_ABI = '_ZN3c105ErrorC2ENS_14SourceLocationESs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-libtorch-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, text = ''): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

async function layLibtorch(
  root: string,
  { version = '2.8.0', c10 = NEW_ABI, libraries = ['torch', 'torch_cpu'] } = {},
): Promise<void> {
  const [major, minor, patch] = version.split('.');
  await write(
    `${root}/include/torch/csrc/api/include/torch/version.h`,
    `#define TORCH_VERSION_MAJOR ${major}\n#define TORCH_VERSION_MINOR ${minor}\n#define TORCH_VERSION_PATCH ${patch}\n`,
  );
  await write(`${root}/include/ATen/ATen.h`);
  await write(`${root}/lib/libc10.${ENDING}`, c10);
  for (const name of libraries) await write(`${root}/lib/lib${name}.${ENDING}`);
}

/** A `python3` whose torch lies in the given package folder. */
async function layPython(origin: string): Promise<string> {
  await write('bin/python3', `#!/bin/sh\necho '${origin}'\n`);
  await chmod(join(folder, 'bin/python3'), 0o755);
  return `${join(folder, 'bin')}:${process.env.PATH ?? ''}`;
}

interface Found {
  libtorch: {
    source: string;
    version: string;
    includes: string[];
    libraryFolder: string;
    libraries: string[];
    usesCxx11Abi: boolean;
    openmp: string | null;
    cuda: { version: string; includes: string[]; runtime: string } | null;
    notes: string[];
  };
  settings: string[];
}

async function find(variables: Record<string, string>): Promise<Found> {
  const env = { ...process.env, CUDA_HOME: '', CUDA_PATH: '', CAPGRID_LIBTORCH: '', ...variables };
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, '--print'], { env });
  return JSON.parse(stdout) as Found;
}

describe('CAPGRID_LIBTORCH', () => {
  test('comes before everything else', async () => {
    await layLibtorch('libtorch');
    await layLibtorch('site/torch', { version: '2.9.1' });
    const PATH = await layPython(join(folder, 'site/torch/__init__.py'));
    const { libtorch } = await find({ CAPGRID_LIBTORCH: join(folder, 'libtorch'), PATH });
    expect(libtorch).toMatchObject({
      source: `CAPGRID_LIBTORCH (${folder}/libtorch)`,
      version: '2.8.0',
      libraryFolder: join(folder, 'libtorch/lib'),
      libraries: ['torch', 'torch_cpu', 'c10'],
      usesCxx11Abi: true,
      cuda: null,
    });
    expect(libtorch.includes).toEqual([
      join(folder, 'libtorch/include'),
      join(folder, 'libtorch/include/torch/csrc/api/include'),
    ]);
  });

  test.each([
    { fault: 'is not there', lay: async () => {}, problem: 'there is no libtorch.' },
    {
      fault: 'has no headers',
      lay: async () => {
        await layLibtorch('libtorch');
        await rm(join(folder, 'libtorch/include'), { recursive: true });
      },
      problem: 'does not hold the headers of libtorch',
    },
    {
      fault: 'is too old',
      lay: () => layLibtorch('libtorch', { version: '1.7.1' }),
      problem: 'holds libtorch 1.7.1, and 1.13 or newer is needed',
    },
  ])('that $fault is refused with the value and a remedy', async ({ lay, problem }) => {
    await lay();
    const CAPGRID_LIBTORCH = join(folder, 'libtorch');
    const outcome = find({ CAPGRID_LIBTORCH });
    await expect(outcome).rejects.toMatchObject({ code: 2 });
    await expect(outcome).rejects.toMatchObject({
      stderr: expect.stringContaining(`CAPGRID_LIBTORCH is "${CAPGRID_LIBTORCH}": `) as string,
    });
    await expect(outcome).rejects.toMatchObject({
      stderr: expect.stringContaining(problem) as string,
    });
  });
});

describe('the PyTorch of python3', () => {
  test('is taken with its own OpenMP and the newer C++ that it needs', async () => {
    await layLibtorch('site/torch', { version: '2.10.0' });
    await write('site/torch/lib/libgomp-0f9a.so.1');
    const PATH = await layPython(join(folder, 'site/torch/__init__.py'));
    const { libtorch, settings } = await find({ PATH });
    expect(libtorch).toMatchObject({
      source: `PyTorch of python3 (${folder}/site/torch)`,
      version: '2.10.0',
      openmp: join(folder, 'site/torch/lib/libgomp-0f9a.so.1'),
    });
    expect(settings).toContain('-DCMAKE_CXX_STANDARD=20');
  });

  test('of a wheel with the old std::string is linked with it', async () => {
    await layLibtorch('site/torch', { version: '2.5.1', c10: OLD_ABI });
    const PATH = await layPython(join(folder, 'site/torch/__init__.py'));
    const { libtorch, settings } = await find({ PATH });
    expect(libtorch.usesCxx11Abi).toBe(false);
    expect(settings).toContain('-DUSES_CXX11_ABI=0');
    expect(settings).toContain('-DCMAKE_CXX_STANDARD=17');
  });

  test('that only links to the headers of the system is passed over', async () => {
    await layLibtorch('site/torch', { version: '2.6.0' });
    await rm(join(folder, 'site/torch/include'), { recursive: true });
    await write('system/ATen/ATen.h');
    await symlink(join(folder, 'system'), join(folder, 'site/torch/include'));
    const PATH = await layPython(join(folder, 'site/torch/__init__.py'));
    expect((await find({ PATH })).libtorch?.source ?? '').not.toContain(folder);
  });
});

describe('CUDA', () => {
  const libraries = ['torch', 'torch_cpu', 'torch_cuda', 'c10_cuda'];

  async function layHeaders(include: string, version: number): Promise<void> {
    await write(`${include}/cuda_runtime_api.h`, `#define CUDART_VERSION  ${version}\n`);
    await write(`${include}/crt/host_defines.h`);
  }

  async function layWheel(cuda = '12.8'): Promise<string> {
    await layLibtorch('site/torch', { libraries });
    await write(
      'site/torch/version.py',
      `__version__ = '2.8.0'\ncuda: Optional[str] = '${cuda}'\n`,
    );
    return layPython(join(folder, 'site/torch/__init__.py'));
  }

  test('is taken from the packages that pip put beside torch', async () => {
    const PATH = await layWheel();
    await layHeaders('site/nvidia/cuda_runtime/include', 12_080);
    await write('site/nvidia/cublas/include/cublas_v2.h');
    await write('site/nvidia/cuda_runtime/lib/libcudart.so.12');
    const { libtorch } = await find({ PATH });
    expect(libtorch.libraries).toEqual(['torch', 'torch_cpu', 'c10', 'torch_cuda', 'c10_cuda']);
    expect(libtorch.cuda).toMatchObject({
      version: '12.8',
      runtime: join(folder, 'site/nvidia/cuda_runtime/lib/libcudart.so.12'),
      includes: [
        join(folder, 'site/nvidia/cublas/include'),
        join(folder, 'site/nvidia/cuda_runtime/include'),
      ],
    });
  });

  test('of pip lacks headers of the compiler from 13 on, which a toolkit has', async () => {
    const PATH = await layWheel('13.0');
    await layHeaders('site/nvidia/cu13/include', 13_000);
    await rm(join(folder, 'site/nvidia/cu13/include/crt'), { recursive: true });
    await write('site/nvidia/cu13/lib/libcudart.so.13');
    await layHeaders('cuda/include', 13_010);
    const { libtorch } = await find({ PATH, CUDA_HOME: join(folder, 'cuda') });
    expect(libtorch.cuda?.includes).toEqual([
      join(folder, 'site/nvidia/cu13/include'),
      join(folder, 'cuda/include'),
    ]);
  });

  test('of a toolkit works too, with the runtime that libtorch itself loads', async () => {
    const PATH = await layWheel();
    await write('site/nvidia/cuda_runtime/lib/libcudart.so.12');
    await layHeaders('cuda/include', 12_060);
    await write('cuda/lib64/libcudart.so.12');
    const { libtorch } = await find({ PATH, CUDA_HOME: join(folder, 'cuda') });
    expect(libtorch.cuda).toMatchObject({
      version: '12.6',
      includes: [join(folder, 'cuda/include')],
      runtime: join(folder, 'site/nvidia/cuda_runtime/lib/libcudart.so.12'),
    });
  });

  test('of another release is refused with a reason, and the CPU is used', async () => {
    const PATH = await layWheel('99.0');
    await layHeaders('cuda/include', 11_080);
    await write('cuda/lib64/libcudart.so.11.0');
    const { libtorch } = await find({ PATH, CUDA_HOME: join(folder, 'cuda') });
    expect(libtorch.cuda).toBeNull();
    expect(libtorch.libraries).toEqual(['torch', 'torch_cpu', 'c10']);
    expect(libtorch.notes.join()).toContain(
      `the headers of CUDA 99.0 were not found (the headers in ${folder}/cuda/include are of CUDA 11.8`,
    );
  });
});
