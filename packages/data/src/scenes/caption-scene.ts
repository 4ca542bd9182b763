/**
 * Five differently worded captions of a scene. Wordings share their noun phrases ("two small red
 * circles"), so a right caption overlaps its references in long n-grams and a wrong colour, count
 * or side costs score.
 */
import type { Caption, SceneObject } from '@capgrid/contracts';
import type { Rng } from './rng.js';
import { SCENE_SIZE, type Background, type Group, type Relation, type Scene } from './scene.js';

const CAPTIONS_PER_SCENE = 5;

export function captionScene(scene: Scene, rng: Rng): Caption[] {
  const { usual, others } = wordings(scene);
  // The usual wording is always there: it gives the learner a best answer to settle on.
  const chosen = [usual, ...rng.shuffle(others).slice(0, CAPTIONS_PER_SCENE - 1)];
  return rng.shuffle(chosen).map(toCaption);
}

function wordings({ content, background, objects }: Scene): { usual: string; others: string[] } {
  switch (content.kind) {
    case 'group':
      return groupWordings(content.group, background, objects);
    case 'pair':
      return pairWordings(content.first, content.second, background);
    case 'relation':
      return relationWordings(content.relation, content.first, content.second);
  }
}

function groupWordings(group: Group, background: Background, objects: readonly SceneObject[]) {
  const things = nounPhrase(group);
  return {
    usual: `${things} on a ${background} background`,
    others: [
      `there ${are(group)} ${things} on a ${background} background`,
      `a picture of ${things}`,
      `the image shows ${things} on ${background}`,
      `${things} can be seen on a ${background} background`,
      `${nounPhrase(group, 'plain')} on a ${background} background`,
      `a ${background} background with ${things}`,
      ...placeWordings(things, objects),
    ],
  };
}

/** Where a single object lies; silent near the borders of the three bands. */
function placeWordings(things: string, [object, ...others]: readonly SceneObject[]): string[] {
  if (object === undefined || others.length > 0) return [];
  const height = object.y / SCENE_SIZE;
  if (height < 0.3) return [`${things} near the top of the image`];
  if (height > 0.7) return [`${things} near the bottom of the image`];
  if (height > 0.4 && height < 0.6) return [`${things} in the middle of the image`];
  return [];
}

function pairWordings(first: Group, second: Group, background: Background) {
  const both = `${nounPhrase(first)} and ${nounPhrase(second)}`;
  return {
    usual: both,
    others: [
      `there are ${both}`,
      `a drawing of ${both}`,
      `the image shows ${both}`,
      `${nounPhrase(first, 'plain')} and ${nounPhrase(second, 'plain')} on ${background}`,
      `${nounPhrase(second)} together with ${nounPhrase(first)}`,
      `${both} on ${background}`,
    ],
  };
}

function relationWordings(relation: Relation, first: Group, second: Group) {
  const [one, two] = [nounPhrase(first), nounPhrase(second)];
  const [plainOne, plainTwo] = [nounPhrase(first, 'plain'), nounPhrase(second, 'plain')];
  if (relation === 'left') {
    return {
      usual: `${one} to the left of ${two}`,
      others: [
        `there is ${one} to the left of ${two}`,
        `${one} is to the left of ${two}`,
        `${plainOne} to the left of ${plainTwo}`,
        `a picture of ${one} left of ${two}`,
        `${two} to the right of ${one}`,
        `${one} with ${two} on its right`,
      ],
    };
  }
  return {
    usual: `${one} above ${two}`,
    others: [
      `there is ${one} above ${two}`,
      `${one} is above ${two}`,
      `${plainOne} above ${plainTwo}`,
      `the image shows ${one} above ${two}`,
      `${two} below ${one}`,
      `${one} with ${two} under it`,
    ],
  };
}

const COUNT_WORDS = { 2: 'two', 3: 'three', 4: 'four' } as const;
const PLURALS = {
  circle: 'circles',
  square: 'squares',
  triangle: 'triangles',
  star: 'stars',
} as const;

/** "two small red circles"; `plain` leaves the size out: "two red circles". */
function nounPhrase(
  { count, shape, colour, size }: Group,
  detail: 'full' | 'plain' = 'full',
): string {
  const adjectives = detail === 'full' ? `${size} ${colour}` : colour;
  if (count !== 1) return `${COUNT_WORDS[count]} ${adjectives} ${PLURALS[shape]}`;
  return `a ${adjectives} ${shape}`;
}

function are({ count }: Group): string {
  return count === 1 ? 'is' : 'are';
}

function toCaption(text: string): Caption {
  return {
    raw: `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`,
    tokens: text.split(' '),
  };
}
