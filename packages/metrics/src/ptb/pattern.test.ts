import { describe, expect, it } from 'vitest';
import { CharacterSets, parsePattern, PatternError, widthOf } from './pattern.js';

const FRAGMENTS = { digit: '[0-9]', year: 'digit{4}' };
const parse = (source: string) => parsePattern(source, FRAGMENTS, new CharacterSets());

describe('the notation of patterns', () => {
  it('reads quoted text without regard to case, and apostrophes with it', () => {
    const sets = new CharacterSets();
    parsePattern(`"a1" 'B'`, FRAGMENTS, sets);
    expect(sets.sources).toEqual(['[aA]', '[1]', '[B]']);
  });

  it('gives equal classes one number', () => {
    const sets = new CharacterSets();
    parsePattern('[a-z] year [a-z]', FRAGMENTS, sets);
    expect(sets.sources).toEqual(['[a-z]', '[0-9]']);
  });

  it.for([
    ['year', 4],
    ['"ab" | digit{2}', 2],
    ['"ab" | digit', null],
    ['digit?', null],
    ['digit{2,4}', null],
    ['', 0],
  ] as const)('finds that %s covers %s characters', ([source, width]) => {
    expect(widthOf(parse(source))).toBe(width);
  });

  it.for(['unknown', '"open', '[a-z', '( digit', 'digit )', '*'])(
    'rejects %s and says where',
    (source) => {
      expect(() => parse(source)).toThrow(PatternError);
      expect(() => parse(source)).toThrow(/expected .* at \d+/);
    },
  );
});
