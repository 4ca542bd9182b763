/**
 * Puts tfjs-core, its tests and our engines into one file: the tests import tfjs-core by relative
 * paths, and an engine that imported it by name would register with another copy.
 */
import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const PACKAGE = join(import.meta.dirname, '..');
/** As deep below the package as the modules of src/libtorch, which find the addon by relative path. */
const FOLDER = join(PACKAGE, 'dist', 'conformance');

/**
 * @param {string} backend name of the backend to test
 * @returns {Promise<string>} path of the bundle, which the caller removes
 */
export async function bundleSuite(backend) {
  // Two runs at the same time do not write the same file.
  const outfile = join(FOLDER, `suite-${process.pid}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, 'suite.mjs')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // tfjs-core's package.json calls its tests free of side effects: heeding it drops them all.
    ignoreAnnotations: true,
    // The modules, not tfjs-core's Node bundle: that is a second copy beside the tests.
    mainFields: ['module', 'main'],
    external: ['@tensorflow/tfjs-backend-wasm', 'jasmine-core'],
    banner: {
      js: "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);",
    },
    plugins: [switchedBackend(backend)],
    sourcemap: 'inline',
    logLevel: 'error',
  });
  return outfile;
}

/**
 * The two tests that switch between instances of a backend work with any, as their comment says, but
 * name the backend cpu. Here they name the one that is tested.
 *
 * @param {string} backend
 * @returns {import('esbuild').Plugin}
 */
function switchedBackend(backend) {
  return {
    name: 'switched-backend',
    setup(bundle) {
      bundle.onLoad({ filter: /tfjs-core\/dist\/engine_test\.js$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (!text.includes("'cpu'")) throw new Error(`${path} no longer names the backend cpu`);
        return { contents: text.replaceAll("'cpu'", JSON.stringify(backend)), loader: 'js' };
      });
    },
  };
}
