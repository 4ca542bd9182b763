import { beforeAll, describe, expect, it } from 'vitest';
import { align as alignWords } from './align.js';
import { loadMeteorLexicon, type MeteorLexicon } from './lexicon.js';
import type { Match } from './match.js';
import { createParaphraseMatcher } from './match-paraphrases.js';
import { createMeteor } from './meteor.js';
import { METEOR_MODULES, type MeteorModule } from './modules.js';
import { ParaphraseTable } from './paraphrase-table.js';
import { parseParaphrases } from './parse-paraphrases.js';
import { findPossibleMatches } from './possible-matches.js';
import { createCaptionReader } from './words.js';

let lexicon: MeteorLexicon;
beforeAll(async () => {
  lexicon = await loadMeteorLexicon();
});

interface Options {
  modules?: MeteorModule[];
  /** "first = second" per pair. */
  paraphrases?: string[];
}

/** The chosen matches as "reference words <module> candidate words @ place in the candidate". */
function align(candidate: string, reference: string, options: Options = {}): string[] {
  const table = options.paraphrases?.map((pair) => `0.5\n${pair.replace(' = ', '\n')}\n`).join('');
  const meteor = createMeteor({
    lexicon,
    ...(table === undefined ? {} : { paraphrases: parseParaphrases(table) }),
    ...(options.modules === undefined ? {} : { modules: options.modules }),
  });
  const words = (text: string, start: number, length: number): string =>
    text
      .split(' ')
      .slice(start, start + length)
      .join(' ');
  const describeMatch = (match: Match): string =>
    `${words(reference, match.refStart, match.refLength)} <${METEOR_MODULES[match.module]}> ` +
    `${words(candidate, match.candidateStart, match.candidateLength)} @ ${match.candidateStart}`;
  return meteor.align(candidate, reference).matches.map(describeMatch);
}

describe('the matchers of words', () => {
  it('match equal words, then equal stems, then words with a common synset', () => {
    expect(align('dog', 'dog')).toEqual(['dog <exact> dog @ 0']);
    expect(align('a kindly dog', 'a kindness dog')).toEqual([
      'a <exact> a @ 0',
      'kindness <stem> kindly @ 1',
      'dog <exact> dog @ 2',
    ]);
    expect(align('sofa', 'couch')).toEqual(['couch <synonym> sofa @ 0']);
  });

  it('match only what the chosen modules match', () => {
    expect(align('sofa', 'couch', { modules: ['exact', 'stem'] })).toEqual([]);
    expect(align('kindly', 'kindness', { modules: ['exact', 'synonym'] })).toEqual([]);
  });

  it('prefer the stem where two words are both of one stem and synonyms', () => {
    expect(align('a photos of dogs', 'a photo of dogs')).toEqual([
      'a <exact> a @ 0',
      'photo <stem> photos @ 1',
      'of <exact> of @ 2',
      'dogs <exact> dogs @ 3',
    ]);
  });
});

describe('the first module', () => {
  it('is the only one for two equal captions', () => {
    const options: Options = { modules: ['synonym', 'paraphrase'], paraphrases: ['x y = x y'] };
    expect(align('x y', 'x y', options)).toEqual([]);
    expect(align('x y', 'z x y', options)).toEqual(['x y <paraphrase> x y @ 0']);
  });
});

describe('fixed matches', () => {
  it('are taken although the search would leave them out', () => {
    // worth 0 to the search, and a chunk more
    expect(align('kindly', 'kindness')).toEqual(['kindness <stem> kindly @ 0']);
  });

  it('are not those of a pair of words that matches by two modules', () => {
    expect(align('photos', 'photo')).toEqual([]);
  });

  it('are not those of a word with two possible partners', () => {
    expect(align('kindly kinds', 'kindness')).toEqual([]);
  });
});

describe('the search', () => {
  it('prefers the alignment with fewer chunks', () => {
    expect(align('the b a the c', 'the c')).toEqual(['the <exact> the @ 3', 'c <exact> c @ 4']);
  });

  it('counts a word half in any module but the exact one, and truncates to an integer', () => {
    // two words for two are worth 1 + 1, as much as one exact word; one for one is worth nothing
    const paraphrases = ['b b = c c', 'b b = d d'];
    expect(align('c c x d d', 'b b', { paraphrases })).toEqual(['b b <paraphrase> c c @ 0']);
    expect(align('c x d', 'b', { paraphrases: ['b = c', 'b = d'] })).toEqual([]);
  });

  it('adds the distance of a match to the alternatives made after it', () => {
    // The second "c" is nearer (distance 1 against 2), yet the first one is charged nothing.
    expect(align('c c d', 'a b c')).toEqual(['c <exact> c @ 0']);
    // The paths that take a later "a" of the reference carry the distance of the first one.
    const { matches } = createMeteor({ lexicon }).align('b a b', 'a a a');
    expect(matches.map((match) => match.refStart)).toEqual([0]);
  });

  it('keeps 40 paths, no more and no fewer', () => {
    const meteor = createMeteor({ lexicon });
    // 41 paths would find one chunk
    expect(meteor.align('a b a b', 'b b b b b a b').statistics.chunks).toBe(2);
    // 39 paths would find four
    expect(meteor.align('a b a b a', 'b b b a a a b').statistics.chunks).toBe(3);
  });

  it('closes a chunk where a reference word is skipped', () => {
    const meteor = createMeteor({ lexicon, modules: ['exact'] });
    expect(meteor.align('a dog', 'a big dog').statistics.chunks).toBe(2);
    expect(meteor.align('a big dog', 'a dog').statistics.chunks).toBe(2);
    expect(meteor.align('a dog', 'the a dog').statistics.chunks).toBe(1);
  });

  it('uses no word twice', () => {
    expect(align('a', 'a a a')).toHaveLength(1);
    expect(align('a a a', 'a')).toHaveLength(1);
  });

  it('aligns captions of more words than its bit sets have bits', () => {
    const long = Array.from({ length: 100 }, (_, index) => `w${index % 40}`).join(' ');
    const matches = align(long, `${long} end`);
    expect(matches).toHaveLength(100);
    expect(matches[99]).toBe('w19 <exact> w19 @ 99');
  });
});

describe('the paraphrase matcher', () => {
  it('matches phrases of any length in both directions of a pair', () => {
    const paraphrases = ['a group of = several'];
    const once = ['a group of <paraphrase> several @ 0', 'dogs <exact> dogs @ 1'];
    expect(align('several dogs', 'a group of dogs', { paraphrases })).toEqual(once);
    expect(align('a group of dogs', 'several dogs', { paraphrases })).toEqual([
      'several <paraphrase> a group of @ 0',
      'dogs <exact> dogs @ 3',
    ]);
  });

  it('matches a pair once for each line of the table, so that it is not fixed', () => {
    const once = { paraphrases: ['lads = youths'] };
    expect(align('lads', 'youths', once)).toEqual(['youths <paraphrase> lads @ 0']);
    const twice = { paraphrases: ['lads = youths', 'lads = youths'] };
    expect(align('lads', 'youths', twice)).toEqual([]);
    const both = { paraphrases: ['lads = youths', 'youths = lads'] };
    expect(align('lads', 'youths', both)).toEqual([]);
  });

  it('prefers the pair that the table has first among equals', () => {
    const paraphrases = ['p q = s t', 'p q = r s'];
    expect(align('r s t', 'p q', { paraphrases })).toEqual(['p q <paraphrase> s t @ 1']);
    expect(align('r s t', 'p q', { paraphrases: paraphrases.toReversed() })).toEqual([
      'p q <paraphrase> r s @ 0',
    ]);
  });

  it('keeps the order of the table for a phrase with thousands of paraphrases', () => {
    const others = Array.from({ length: 3000 }, (_, index) => `p q = w${index} v`);
    const paraphrases = ['p q = s t', ...others, 'p q = r s'];
    expect(align('r s t', 'p q', { paraphrases })).toEqual(['p q <paraphrase> s t @ 1']);
    expect(align('r s t', 'p q', { paraphrases: paraphrases.toReversed() })).toEqual([
      'p q <paraphrase> r s @ 0',
    ]);
  });

  it('does not match words that the table lacks', () => {
    expect(align('x', 'y', { paraphrases: ['p = q'] })).toEqual([]);
  });
});

describe('a word that both sides repeat', () => {
  const repeat = (words: string, times: number): string => Array(times).fill(words).join(' ');

  function readPair(candidate: string, reference: string) {
    const reader = createCaptionReader(lexicon, null);
    return [reader.read(candidate).words, reader.read(reference).words] as const;
  }

  it('takes steps that grow with the product of the lengths and no faster', () => {
    const stepsOf = (words: string, length: number): number =>
      alignWords(...readPair(repeat(words, length), repeat(words, length + 1)), [0], null).steps;
    for (const length of [50, 100, 200]) {
      // 40 paths, each with at most all matches at every position, and word sets of 1/32 of them
      expect(stepsOf('a', length)).toBeLessThan(1.25 * 40 * (length + 1) * (length + 1));
      expect(stepsOf('a', 2 * length) / stepsOf('a', length)).toBeLessThan(4.2);
      expect(stepsOf('a dog', 2 * length) / stepsOf('a dog', length)).toBeLessThan(4.2);
    }
  });

  it('takes one list of possible matches, with paraphrases one per sequence of phrases', () => {
    const pair = readPair(repeat('a dog', 100), repeat('a dog', 101));
    expect(new Set(findPossibleMatches(...pair, [0], null)).size).toBe(2);

    const pairs = ParaphraseTable.pairsOf(parseParaphrases('0.5\na dog a\ndog\n'));
    const reader = createCaptionReader(lexicon, pairs);
    const [candidate, reference] = [100, 101].map((times) => reader.read(repeat('a dog', times)));
    const lists = findPossibleMatches(
      candidate?.words ?? [],
      reference?.words ?? [],
      [3],
      createParaphraseMatcher(pairs),
    );
    // "a dog a ...", "dog ...", and at the end "a dog" without the third word
    expect(new Set(lists).size).toBe(3);
    expect(lists.map((list) => list.length).slice(-4)).toEqual([100, 99, 0, 99]);
  });

  it('is aligned as a whole, of any length', () => {
    const { statistics } = createMeteor({ lexicon }).align(repeat('a', 300), repeat('a', 301));
    expect(statistics).toMatchObject({ testMatches: 300, refMatches: 300, chunks: 1 });
  });
});
