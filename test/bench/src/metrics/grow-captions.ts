/**
 * Makes many images of few: each copy of an image has some of its words replaced, the same word by
 * the same one in all captions of the image. So captions match their references about as well as
 * before, while vocabulary and n-grams grow with the number of images, as they do in COCO.
 */
import type { Rng } from '@capgrid/models';
import type { CaptionsAt } from './caption-set.js';
import type { BaseImage } from './read-fakecap.js';

/** Chance that a word of a copy is replaced by a word drawn as often as it occurs. */
const REPLACED = 0.3;
/** Chance that the new word is a form the captions do not have. */
const UNSEEN = 0.05;
const SUFFIXES = ['s', 'ing', 'ed', 'er', 'like', 'ish', 'ness', 'less', 'ful', 'y'];

export function growCaptions(base: readonly BaseImage[], rng: Rng): CaptionsAt {
  const pool = base.flatMap(({ references }) => references).flatMap(wordsOf);
  return (image) => {
    const original = base[image % base.length];
    if (original === undefined) throw new RangeError('There are no captions to grow.');
    if (image < base.length) return original;
    const own = rng.fork(`image ${image}`);
    const chosen = new Map<string, string>();
    const replaced = (word: string): string => {
      const known = chosen.get(word);
      if (known !== undefined) return known;
      const next = own.uniform() < REPLACED ? draw(pool, own) : word;
      chosen.set(word, next);
      return next;
    };
    const rewrite = (caption: string): string => caption.replace(WORD, replaced);
    return {
      candidate: rewrite(original.candidate),
      references: original.references.map(rewrite),
    };
  };
}

const WORD = /[A-Za-z]+/g;

function wordsOf(caption: string): readonly string[] {
  return (caption.match(WORD) ?? []).map((word) => word.toLowerCase());
}

function draw(pool: readonly string[], rng: Rng): string {
  const word = pool[rng.integer(pool.length)] ?? '';
  if (rng.uniform() >= UNSEEN) return word;
  const end = SUFFIXES[rng.integer(2 * SUFFIXES.length)];
  return end === undefined ? word + (pool[rng.integer(pool.length)] ?? '') : word + end;
}
