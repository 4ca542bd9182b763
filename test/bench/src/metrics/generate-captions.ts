/**
 * Captions from a small grammar over 10,000 English words, drawn by Zipf's law: an image is a scene, and
 * its captions name the same things in other sentences and, now and then, by other words.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Rng } from '@capgrid/models';
import type { CaptionsAt } from './caption-set.js';

const VOCABULARY = { noun: 6500, verb: 1500, adj: 2000 } as const;
const REFERENCES = 5;
/** Chance that a caption names a thing by another word. */
const OTHER_WORD = 0.35;
const DETERMINERS = ['a', 'the', 'one'];
const COUNTS = ['two', 'three', 'several', 'many', 'a couple of'];
const PREPOSITIONS = ['on', 'in', 'near', 'next to', 'in front of', 'behind', 'with', 'at'];

const require = createRequire(import.meta.url);

type PartOfSpeech = keyof typeof VOCABULARY;
type Draw = (words: readonly string[]) => string;
type Scene = Readonly<Record<'thing' | 'object' | 'place' | 'action' | 'look' | 'kind', string>>;

const TEMPLATES: readonly ((word: Scene, pick: Draw) => string)[] = [
  (is, pick) =>
    `${pick(DETERMINERS)} ${is.look} ${is.thing} ${is.action} ${pick(DETERMINERS)} ${is.object} ${pick(PREPOSITIONS)} the ${is.place}.`,
  (is, pick) =>
    `There is a ${is.thing} that is ${is.action} ${pick(PREPOSITIONS)} a ${is.kind} ${is.place}`,
  (is, pick) =>
    `${pick(COUNTS)} ${is.thing}s ${pick(PREPOSITIONS)} a ${is.place} with a ${is.look} ${is.object}.`,
  (is, pick) =>
    `A ${is.thing} and a ${is.object}, ${pick(PREPOSITIONS)} the ${is.kind} ${is.place}`,
  (is) =>
    `A ${is.kind} ${is.place} where a ${is.look} ${is.thing}'s ${is.object} isn't ${is.action}.`,
];

export function captionGenerator(rng: Rng): CaptionsAt {
  const nouns = zipf(readWords('noun'));
  const verbs = zipf(readWords('verb'));
  const adjectives = zipf(readWords('adj'));
  return (image) => {
    const own = rng.fork(`scene ${image}`);
    const scene = (): Scene => ({
      thing: nouns(own),
      object: nouns(own),
      place: nouns(own),
      action: `${verbs(own).replace(/e$/, '')}ing`,
      look: adjectives(own),
      kind: adjectives(own),
    });
    const seen = scene();
    const caption = (): string => {
      const other = scene();
      const keep = (key: keyof Scene): string =>
        own.uniform() < OTHER_WORD ? other[key] : seen[key];
      const words: Scene = {
        thing: keep('thing'),
        object: keep('object'),
        place: keep('place'),
        action: keep('action'),
        look: keep('look'),
        kind: keep('kind'),
      };
      const pick: Draw = (choices) => choices[own.integer(choices.length)] ?? '';
      const template = TEMPLATES[own.integer(TEMPLATES.length)];
      return template === undefined ? '' : template(words, pick);
    };
    return { candidate: caption(), references: Array.from({ length: REFERENCES }, caption) };
  };
}

/** Draws the word of rank r with a chance of about 1 / r (Zipf 1949; Mandelbrot's shift of 2.7). */
function zipf(words: readonly string[]): (rng: Rng) => string {
  let sum = 0;
  const sums = words.map((_, rank) => (sum += 1 / (rank + 2.7)));
  return (rng) => {
    const wanted = rng.uniform() * sum;
    let [low, high] = [0, words.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return words[low] ?? '';
  };
}

/** Words of WordNet, those with most senses in its tagged texts first. */
function readWords(part: PartOfSpeech): readonly string[] {
  const folder = dirname(require.resolve('wordnet-3.0/package.json'));
  return readFileSync(join(folder, 'dict', `index.${part}`), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const fields = line.trim().split(' ');
      const [word = ''] = fields;
      if (line.startsWith(' ') || !/^[a-z]+$/.test(word)) return [];
      // lemma pos senses pointers [pointer…] senses tagged offset…
      const taggedSenses = Number(fields[Number(fields[3]) + 5]);
      const senses = Number(fields[2]);
      return [{ word, taggedSenses, senses }];
    })
    .toSorted((a, b) => b.taggedSenses - a.taggedSenses || b.senses - a.senses)
    .slice(0, VOCABULARY[part])
    .map(({ word }) => word);
}
