/** The real build with the real libtorch, of a small source in a folder of the test's own. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const NATIVE = join(import.meta.dirname, '../../native');
const SOURCE = `
#include <ATen/ATen.h>
#include <napi.h>
static Napi::Value sum(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), at::ones({2, 3}).sum().item<double>());
}
static Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("sum", Napi::Function::New(env, sum));
  return exports;
}
NODE_API_MODULE(capgrid_tensor, init)
`;

const found: { lacks: { reason: string }[] } = JSON.parse(
  execFileSync(process.execPath, [join(NATIVE, 'build.mjs'), '--print'], { encoding: 'utf8' }),
);
const canBuild = found.lacks.length === 0;
if (!canBuild) {
  console.warn(`not built here: ${found.lacks.map(({ reason }) => reason).join(' and ')}`);
}

/** Compiling reads the headers of libtorch: about 10 s. */
const PATIENCE = { timeout: 180_000 };

let folder: string;
beforeAll(() => {
  // Below the package, so that the headers from npm are found.
  mkdirSync(join(NATIVE, 'build'), { recursive: true });
  folder = mkdtempSync(join(NATIVE, 'build', 'test-'));
  for (const name of [
    'build.mjs',
    'build-plan.mjs',
    'find-libtorch.mjs',
    'find-cuda.mjs',
    'lock.mjs',
    'try-addon.mjs',
    'CMakeLists.txt',
  ]) {
    cpSync(join(NATIVE, name), join(folder, name));
  }
  mkdirSync(join(folder, 'src'));
  mkdirSync(join(folder, 'build'));
  write(SOURCE);
});
afterAll(() => rmSync(folder, { recursive: true }));

const addon = () => join(folder, 'build/capgrid_tensor.node');
const write = (text: string) => writeFileSync(join(folder, 'src/addon.cc'), text);
function build(
  variables: Record<string, string> = {},
  args: string[] = [],
): { status: number | null; stderr: string } {
  const env = { ...process.env, ...variables };
  return spawnSync(process.execPath, [join(folder, 'build.mjs'), ...args], {
    env,
    encoding: 'utf8',
  });
}

test.runIf(canBuild)('an addon is built once, and again when a source changes', PATIENCE, () => {
  const first = build();
  expect(first).toMatchObject({
    status: 0,
    stderr: expect.stringMatching(/^capgrid: building/) as string,
  });
  expect(createRequire(import.meta.url)(addon()).sum()).toBe(6);

  const { mtimeMs } = statSync(addon());
  expect(build()).toMatchObject({ status: 0, stderr: '' });
  expect(statSync(addon()).mtimeMs).toBe(mtimeMs);

  write(`${SOURCE}// changed\n`);
  expect(build().status).toBe(0);
  expect(statSync(addon()).mtimeMs).toBeGreaterThan(mtimeMs);
});

test.runIf(canBuild)(
  'a source that does not compile leaves no addon of older sources',
  PATIENCE,
  () => {
    write(`${SOURCE}int broken = "text";\n`);
    const { status, stderr } = build();
    expect(status).toBe(1);
    expect(stderr).toContain('error: invalid conversion');
    expect(readFileSync(join(folder, 'build/build.log'), 'utf8')).toContain(
      'error: invalid conversion',
    );
    expect(existsSync(addon())).toBe(false);
    write(SOURCE);
  },
);

test.runIf(canBuild)('of several that build at the same time one builds', PATIENCE, async () => {
  const both = [1, 2].map(
    () =>
      new Promise<string>((resolve) => {
        const child = spawn(process.execPath, [join(folder, 'build.mjs')]);
        let said = '';
        child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
        child.once('close', (code) => resolve(`${code} ${said.includes('building')}`));
      }),
  );
  expect((await Promise.all(both)).toSorted()).toEqual(['0 false', '0 true']);
});

/** A process of the test's own holds the lock, and the addon is not of these sources. */
test.each<[string, string[], Record<string, string>, number]>([
  ['a wrong CAPGRID_LIBTORCH', [], { CAPGRID_LIBTORCH: '/no/libtorch' }, 2],
  ['a missing compiler', [], { CXX: '/no/compiler' }, 3],
  ['a check of the CUDA parts', ['--check-cuda'], { CXX: '/no/compiler' }, 3],
])('%s changes no folder that another build is using', async (_, args, variables, status) => {
  writeFileSync(addon(), 'of another');
  const lock = join(folder, 'build/lock');
  rmSync(lock, { recursive: true, force: true });
  mkdirSync(lock);
  writeFileSync(join(lock, `${process.pid}--01234567-89ab-cdef-0123-456789abcdef`), '');
  const env = { ...process.env, ...variables };
  const child = spawn(process.execPath, [join(folder, 'build.mjs'), ...args], { env });
  const closed = once(child, 'close');
  let said = '';
  const waiting = `capgrid: waiting for another build (process ${process.pid})\n`;
  for await (const chunk of child.stderr) {
    said += String(chunk);
    if (!said.includes(waiting) || existsSync(`${lock}.done`)) continue;
    expect(readFileSync(addon(), 'utf8')).toBe('of another');
    // At once, as a build releases it.
    renameSync(lock, `${lock}.done`);
  }
  expect(await closed).toEqual([status, null]);
  expect(said).toContain(waiting);
  rmSync(`${lock}.done`, { recursive: true });
  rmSync(addon(), { force: true });
});

test.runIf(canBuild)(
  'a wrong CAPGRID_LIBTORCH costs no addon, and a damaged one is built again',
  PATIENCE,
  () => {
    expect(build().status).toBe(0);
    const whole = readFileSync(addon());
    const refused = build({ CAPGRID_LIBTORCH: '/no/libtorch' });
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/\ncapgrid: the native tensor engine .* stays\n$/);
    expect(readFileSync(addon()).equals(whole)).toBe(true);

    writeFileSync(addon(), whole.subarray(0, whole.length / 2));
    expect(build()).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('capgrid: building') as string,
    });
    expect(createRequire(import.meta.url)(addon()).sum()).toBe(6);
  },
);

test.runIf(canBuild)(
  'an addon that ends the process that loads it is a failed build with the signal',
  PATIENCE,
  () => {
    write(`#include <csignal>\n${SOURCE}static const int ended = std::raise(SIGSEGV);\n`);
    const { status, stderr } = build();
    expect(status).toBe(1);
    expect(stderr).toContain(
      'was built and does not load: a process that loads it is ended by SIGSEGV\n',
    );
    expect(existsSync(addon())).toBe(false);
    write(SOURCE);
  },
);

test.runIf(canBuild)('--verify builds a fresh addon again that does not load', PATIENCE, () => {
  expect(build().status).toBe(0);
  expect(build({}, ['--verify'])).toMatchObject({ status: 0, stderr: '' });
  // As it is when a library that the addon needs has gone: the stamp agrees, loading fails.
  writeFileSync(addon(), 'no library');
  const stamp: object = JSON.parse(readFileSync(join(folder, 'build/stamp'), 'utf8'));
  const sum = createHash('sha256').update('no library').digest('hex');
  writeFileSync(join(folder, 'build/stamp'), JSON.stringify({ ...stamp, addon: sum }));

  expect(build()).toMatchObject({ status: 0, stderr: '' });
  const { status, stderr } = build({}, ['--verify']);
  expect(status).toBe(0);
  expect(stderr).toMatch(
    /^capgrid: the native tensor engine does not load: .*no library.*\n|^capgrid: the native tensor engine does not load: .*file too short/,
  );
  expect(createRequire(import.meta.url)(addon()).sum()).toBe(6);
});

test('a wrong CAPGRID_LIBTORCH leaves no addon of another libtorch', () => {
  writeFileSync(addon(), 'of another');
  const { status, stderr } = build({ CAPGRID_LIBTORCH: '/no/libtorch' });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^capgrid: CAPGRID_LIBTORCH is "\/no\/libtorch": .*\n$/);
  expect(existsSync(addon())).toBe(false);
});

test('without a compiler nothing is built, and one line says what to do', () => {
  write(`${SOURCE}// without a compiler\n`);
  const { status, stderr } = build({ CXX: '/no/compiler' });
  expect(status).toBe(3);
  expect(stderr).toMatch(
    /^capgrid: tensors are computed by WebAssembly, since .*no C\+\+ compiler was found; for the faster native engine .*\n$/,
  );
  const asked = build({ CXX: '/no/compiler', CAPGRID_ENGINE: 'libtorch' });
  expect(asked.stderr).toMatch(
    /^capgrid: CAPGRID_ENGINE is "libtorch", which cannot be built, since .*no C\+\+ compiler was found: .*, or leave CAPGRID_ENGINE out\n$/,
  );
});
