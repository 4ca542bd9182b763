/**
 * Puts all that the checks on a GPU need into one folder, for a machine with a GPU that has neither npm
 * nor a network:
 *
 *   node packages/tensor/cuda-check/bundle.mjs /tmp/cuda-check      here, after npm ci and npx tsc -b
 *   (copy the folder to the machine with the GPU)
 *   node native/build.mjs && node dist/checks/run.mjs                    there, in the folder
 *
 * That machine needs Node 20, a C++ compiler, cmake, make, and a PyTorch for CUDA (python3 -c "import
 * torch") or CAPGRID_LIBTORCH. Where it has no Node: the single file of `which node` will do.
 *
 * Exit 0: written, 2: wrong arguments.
 */
import { build } from 'esbuild';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const PACKAGE = join(import.meta.dirname, '..');
const { resolve: find } = createRequire(import.meta.url);

const [folder, ...more] = process.argv.slice(2);
if (folder === undefined || more.length > 0) {
  process.stderr.write('Usage: node packages/tensor/cuda-check/bundle.mjs FOLDER\n');
  process.exitCode = 2;
} else {
  await write(resolve(folder));
}

/** @param {string} target */
async function write(target) {
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'package.json'), '{ "type": "module" }\n');
  copySources(join(target, 'native'));
  // The headers of Node's C interface, where native/build.mjs looks for them.
  for (const name of ['node-addon-api', 'node-api-headers']) {
    copy(dirname(find(`${name}/package.json`)), join(target, 'node_modules', name));
  }
  // What tfjs-core's own tests run in; it reads files of its folder.
  copy(dirname(find('jasmine-core/package.json')), join(target, 'node_modules', 'jasmine-core'));
  // The tests of the operations are written for vitest, which is more than one file.
  const alias = { vitest: join(import.meta.dirname, 'test-runner.mjs') };
  await bundle(target, { 'dist/checks/run.mjs': 'run.mjs' }, { alias });
  await bundle(
    target,
    { 'dist/checks/conformance.mjs': 'conformance.mjs' },
    { ignoreAnnotations: true },
  );
  process.stdout.write(`${target}\n`);
}

/** @param {string} native */
function copySources(native) {
  rmSync(join(native, 'src'), { recursive: true, force: true });
  for (const name of readdirSync(join(PACKAGE, 'native'))) {
    if (name === 'build' || name.startsWith('tsconfig')) continue;
    copy(join(PACKAGE, 'native', name), join(native, name));
  }
}

/**
 * @param {string} from
 * @param {string} to
 */
function copy(from, to) {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true, dereference: true });
}

/**
 * One module each, two folders below the addon's parent as the modules of src/libtorch are.
 *
 * @param {string} target
 * @param {Record<string, string>} entries
 * @param {import('esbuild').BuildOptions} options
 */
async function bundle(target, entries, options) {
  for (const [out, entry] of Object.entries(entries)) {
    await build({
      entryPoints: [join(import.meta.dirname, entry)],
      outfile: join(target, out),
      bundle: true,
      platform: 'node',
      format: 'esm',
      mainFields: ['module', 'main'],
      external: ['jasmine-core'],
      banner: {
        js: "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);",
      },
      logLevel: 'error',
      ...options,
    });
  }
}
