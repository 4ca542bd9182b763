import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Automaton } from './automaton.js';
import { CharacterSets, parsePattern } from './pattern.js';

function automatonOf(...sources: string[]): Automaton {
  const sets = new CharacterSets();
  return new Automaton(
    sources.map((source) => parsePattern(source, {}, sets)),
    sets,
  );
}

/** All matches one after another; a character that starts none is skipped. */
function matches(
  automaton: Automaton,
  text: string,
): [pattern: number, from: number, end: number][] {
  automaton.reset();
  const found: [number, number, number][] = [];
  for (let index = 0; index < text.length;) {
    const pattern = automaton.match(text, index);
    if (pattern !== -1) found.push([pattern, index, automaton.end]);
    index = pattern === -1 ? index + 1 : automaton.end;
  }
  return found;
}

/** The same by trying every end with every expression: slow and evident. */
function matchesByTrial(expressions: readonly RegExp[], text: string) {
  const found: [number, number, number][] = [];
  for (let index = 0; index < text.length;) {
    let end = text.length;
    let pattern = -1;
    for (; end > index && pattern === -1; end--) {
      const part = text.slice(index, end);
      pattern = expressions.findIndex((expression) => expression.test(part));
    }
    end++;
    if (pattern !== -1) found.push([pattern, index, end]);
    index = pattern === -1 ? index + 1 : end;
  }
  return found;
}

describe('the automaton', () => {
  it('takes the longest match, and the earlier pattern of equally long ones', () => {
    const automaton = automatonOf('[a-z]+', '"cat"', '"cat" "s"? "-"');
    expect(matches(automaton, 'cat cats-')).toEqual([
      [0, 0, 3],
      [2, 4, 9],
    ]);
  });

  it('matches the line break by the class of that name only', () => {
    expect(matches(automatonOf(String.raw`[^a]+`, String.raw`[\n]`), 'b\nb')).toEqual([
      [0, 0, 1],
      [1, 1, 2],
      [0, 2, 3],
    ]);
  });

  it('finds what trying every end with every expression finds', () => {
    const automaton = automatonOf(
      '"<" [^>]* ">"',
      '"a"+ "b"',
      '"a"',
      '("<" | "b")* "c"',
      '"b"{2,3}',
    );
    const expressions = [/^<[^>]*>$/, /^a+b$/, /^a$/, /^[<b]*c$/, /^b{2,3}$/];
    const text = fc
      .array(
        fc.tuple(fc.constantFrom('a', 'b', 'c', '<', '>', 'ab'), fc.integer({ min: 1, max: 40 })),
        {
          maxLength: 8,
        },
      )
      .map((runs) => runs.map(([unit, count]) => unit.repeat(count)).join(''));
    fc.assert(
      fc.property(text, (sample) => {
        expect(matches(automaton, sample)).toEqual(matchesByTrial(expressions, sample));
      }),
      { numRuns: 200 },
    );
  });

  it('forgets states when there are too many and still finds the same', () => {
    // Needs up to 2^14 states: which of the last 14 characters were an "a".
    const automaton = automatonOf('[ab]* "a" [ab]{13}');
    let seed = 1;
    const text = Array.from({ length: 30_000 }, () => {
      seed = (seed * 48_271) % 0x7fffffff;
      return seed % 2 === 0 ? 'a' : 'b';
    }).join('');
    const lastStart = text.slice(0, text.length - 13).lastIndexOf('a');
    expect(automaton.match(text, 0)).toBe(0);
    expect(automaton.end).toBe(lastStart + 14);
  });

  it('takes a number of steps that grows with the length, however often an attempt fails', () => {
    const automaton = automatonOf('"<" [^>]* ">"', '"<"', '"a"');
    const stepsOf = (length: number) => {
      const before = automaton.steps;
      matches(automaton, '<a'.repeat(length / 2));
      return automaton.steps - before;
    };
    expect(stepsOf(1 << 18) / stepsOf(1 << 14)).toBeLessThan(20); // 16 times the length
  });
});
