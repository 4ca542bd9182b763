import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { importLexicon, loadMeteorLexicon, type MeteorLexicon } from './lexicon.js';

const packageFolder = fileURLToPath(new URL('../../', import.meta.url));

let lexicon: MeteorLexicon;
beforeAll(async () => {
  lexicon = await loadMeteorLexicon();
});

function shareSynset(a: string, b: string): boolean {
  const ofB = new Set(lexicon.synsets(b));
  return lexicon.synsets(a).some((synset) => ofB.has(synset));
}

describe('synsets', () => {
  it.each([
    ['couch', 'sofa'],
    ['bicycles', 'bike'],
    ['geese', 'goose'],
    ['ran', 'run'],
    // Irregular forms with two bases: leaf and leave, tax and taxis, good and well.
    ['leaves', 'foliage'],
    ['leaves', 'farewell'],
    ['taxes', 'taxis'],
    ['best', 'well'],
    // The only base of several words that a single word leads to: comic_strip.
    ['comics', 'funnies'],
    // No irregular forms to METEOR, so that the rules of detachment lead elsewhere.
    ['does', 'doe'],
    // The noun and the verb have the same byte offset in WordNet's files, 47745.
    ['record', 'wear'],
  ])('%s and %s share one', (a, b) => {
    expect(shareSynset(a, b)).toBe(true);
  });

  it.each([
    ['couch', 'table'],
    ['could', 'can'],
    ['would', 'will'],
    ['grass', 'gra'],
  ])('%s and %s share none', (a, b) => {
    expect(shareSynset(a, b)).toBe(false);
  });

  it.each(['xyzzy', '', 'n', "'t", 'constructor', '__proto__', 'hot_dog', '犬', 'COUCH'])(
    'are ascending and distinct: %j',
    (word) => {
      const synsets = lexicon.synsets(word);
      expect(synsets).toEqual([...new Set(synsets)].toSorted((a, b) => a - b));
      // not kept: the one lexicon of a process would grow with every new word
      expect(lexicon.synsets(word)).not.toBe(synsets);
    },
  );

  it('are none for words that WordNet does not have', () => {
    expect(['xyzzy', '', '__proto__', 'hot_dog', 'COUCH'].map(lexicon.synsets)).toEqual(
      Array(5).fill([]),
    );
  });
});

it('stems as Porter2 does', () => {
  const words = ['running', 'skies', 'dying', 'generously', 'skateboarders', "'s", '1990s', ''];
  expect(words.map(lexicon.stem)).toEqual([
    'run',
    'sky',
    'die',
    'generous',
    'skateboard',
    "'s",
    '1990s',
    '',
  ]);
});

it('knows the function words of METEOR 1.5', () => {
  expect(['the', '-lrb-', "'s", "'t", '“', '--'].every(lexicon.isFunctionWord)).toBe(true);
  expect(['dog', '', 'THE', 's ', 'constructor'].some(lexicon.isFunctionWord)).toBe(false);
});

describe('the compiled word lists', () => {
  // meteor-data.test.ts compares them with METEOR's own; where those are absent this hash stands for
  // them. Change it only after that test has passed.
  it('are the ones that were compared with METEOR', () => {
    expect(lexicon.version).toBe('wordnet-3.0-ba24ec6a');
  });

  it('are compiled to the same file every time, and only when an input has changed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'capgrid-wordnet-'));
    try {
      const target = join(folder, 'wordnet.js');
      const compile = (): string =>
        spawnSync(process.execPath, [join(packageFolder, 'resources/compile.mjs'), target], {
          encoding: 'utf8',
        }).stderr;
      expect(compile()).toBe('');
      const built = readFileSync(join(packageFolder, 'dist/wordnet.js'), 'utf8');
      expect(readFileSync(target, 'utf8') === built).toBe(true);

      utimesSync(target, 1, 1);
      expect(compile()).toBe('');
      expect(statSync(target).mtimeMs).toBe(1000);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('carry the licences of their sources', () => {
    const text = readFileSync(join(packageFolder, 'dist/wordnet.js'), 'utf8');
    expect(text).toContain('WordNet 3.0 Copyright 2006 by Princeton University');
    expect(text).toContain('GRAYPE Systems Private Limited');
  });

  it('say how to make them when they are not there', async () => {
    const cause = new Error("Cannot find module '#wordnet'");
    await expect(importLexicon(() => Promise.reject(cause))).rejects.toMatchObject({
      code: 'lexicon-missing',
      message: expect.stringContaining('npm run build:server') as string,
      cause,
    });
  });
});
