import fc from 'fast-check';
import { newStemmer } from 'snowball-stemmers';
import { describe, expect, it } from 'vitest';
import * as wordNet from '#wordnet';
import { stemEnglish } from './stem.js';

// It agrees with METEOR's stemmer on all 161,312 words of WordNet and of the COCO captions.
const snowball = newStemmer('english');

describe('stemEnglish', () => {
  it.each([
    ['skateboarders', 'skateboard'],
    ['running', 'run'],
    ['hoping', 'hope'],
    ['hopping', 'hop'],
    ['skies', 'sky'],
    ['ties', 'tie'],
    ['generously', 'generous'],
    ['communism', 'communism'],
    ['sayings', 'say'],
    ['herrings', 'herring'],
    ["dog's", 'dog'],
    ["'s", "'s"],
    ['1990s', '1990s'],
    ['café', 'café'],
    ['', ''],
  ])('stems %s as %s', (word, stem) => {
    expect(stemEnglish(word)).toBe(stem);
  });

  it('agrees with Snowball on every word of WordNet and every irregular form', () => {
    const { words, exceptions } = wordNet;
    let word = '';
    const all = [...words.matchAll(/([A-Z])([^A-Z]*)/g)].map(([, shared = '', rest = '']) => {
      word = word.slice(0, shared.charCodeAt(0) - 65) + rest;
      return word;
    });
    all.push(...exceptions.split(/\s/));
    expect(all.length).toBeGreaterThan(90_000);
    const different = all.filter((each) => stemEnglish(each) !== snowball.stem(each));
    expect(different).toEqual([]);
  });

  it('agrees with Snowball on made-up words', () => {
    const parts =
      "a e i o u y w x l t s b d n tt ll ' gener commun arsen tional enci anci abli entli iz er ization at" +
      ' ation or al ism iti li ful ness ous ive bil bl ogi less ize ic ate ical able ible ant ment ed ing ly' +
      ' eed ies ied sses us s ion é 1 -';
    const word = fc
      .array(fc.constantFrom(...parts.split(' ')), { maxLength: 7 })
      .map((chosen) => chosen.join(''));
    fc.assert(
      fc.property(word, (text) => {
        expect(stemEnglish(text)).toBe(snowball.stem(text));
      }),
      { numRuns: 50_000 },
    );
  });
});
