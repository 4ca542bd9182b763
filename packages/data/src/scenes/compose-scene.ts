/** Draws the content of a scene and places its objects at random. */
import type { SceneObject } from '@capgrid/contracts';
import type { Rng } from './rng.js';
import {
  BACKGROUNDS,
  CELL_SIZE,
  COLOURS,
  RELATIONS,
  SCENE_SIZE,
  SHAPES,
  SIZES,
  type Group,
  type Relation,
  type Scene,
  type SceneContent,
  type Size,
} from './scene.js';

/** Radii in pixels; the gaps between the ranges keep the three sizes apart to the eye. */
const RADII: Record<Size, { least: number; most: number }> = {
  small: { least: 7, most: 8 },
  medium: { least: 10.5, most: 11.5 },
  large: { least: 14, most: 15.5 },
};

/** Corners of a square or star reach beyond the radius by up to this factor. */
const REACH = 1.25;
/** Smallest gap between two objects and from the edge of the image, in pixels. */
const GAP = 2;
/** Centres keep this far from cell borders, so that the cell of an object is never in doubt. */
const BORDER = 2.5;
/** "left of" needs at least this distance, and twice as much as across. */
const RELATION_DISTANCE = 24;
const MAX_ROTATION_DEGREES = 10;

export function composeScene(rng: Rng): Scene {
  const content = drawContent(rng);
  const objects = placeObjects(content, rng);
  return {
    content,
    background: rng.pick(BACKGROUNDS),
    objects,
    rotations: objects.map(() => roundTenth((rng.uniform() * 2 - 1) * MAX_ROTATION_DEGREES)),
  };
}

type Counts = readonly [Group['count'], ...Group['count'][]];

/** The kind follows from what is seen: one look, two single objects, or several and one. */
function drawContent(rng: Rng): SceneContent {
  const dice = rng.uniform();
  if (dice < 0.45) return { kind: 'group', group: drawGroup(rng, [1, 2, 3, 4]) };
  if (dice < 0.8) {
    const [first, second] = drawTwoLooks(rng, [1]);
    return { kind: 'relation', relation: rng.pick(RELATIONS), first, second };
  }
  const [first, second] = drawTwoLooks(rng, [2, 3]);
  return { kind: 'pair', first, second };
}

function drawGroup(rng: Rng, counts: Counts): Group {
  return {
    count: rng.pick(counts),
    shape: rng.pick(SHAPES),
    colour: rng.pick(COLOURS),
    size: rng.pick(SIZES),
  };
}

/** Two groups that differ in shape and in colour, so that neither word alone decides the caption. */
function drawTwoLooks(rng: Rng, counts: Counts): [Group, Group] {
  const first = drawGroup(rng, counts);
  for (;;) {
    const second = drawGroup(rng, [1]);
    if (second.shape !== first.shape && second.colour !== first.colour) return [first, second];
  }
}

function placeObjects(content: SceneContent, rng: Rng): SceneObject[] {
  const groups = content.kind === 'group' ? [content.group] : [content.first, content.second];
  const looks = groups.flatMap((group) => Array.from({ length: group.count }, () => group));
  for (;;) {
    const objects = tryToPlace(looks, rng);
    if (objects === null) continue;
    if (content.kind === 'relation' && !isRelationClear(content.relation, objects)) continue;
    return objects;
  }
}

/** Null when an object found no room; the caller starts again from an empty image. */
function tryToPlace(looks: readonly Group[], rng: Rng): SceneObject[] | null {
  const placed: SceneObject[] = [];
  for (const look of looks) {
    const object = tryToPlaceOne(look, placed, rng);
    if (object === null) return null;
    placed.push(object);
  }
  return placed;
}

function tryToPlaceOne(
  { shape, colour, size }: Group,
  placed: readonly SceneObject[],
  rng: Rng,
): SceneObject | null {
  const { least, most } = RADII[size];
  const radius = roundTenth(least + rng.uniform() * (most - least));
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const object = { shape, colour, size, x: drawCentre(rng), y: drawCentre(rng), radius };
    if (isInside(object) && placed.every((other) => areApart(object, other))) return object;
  }
  return null;
}

/** A cell, then a place inside it that keeps clear of its borders. */
function drawCentre(rng: Rng): number {
  const cell = rng.int(SCENE_SIZE / CELL_SIZE);
  return roundTenth(cell * CELL_SIZE + BORDER + rng.uniform() * (CELL_SIZE - 2 * BORDER));
}

function isInside({ x, y, radius }: SceneObject): boolean {
  const margin = radius * REACH + GAP;
  return Math.min(x, y) >= margin && Math.max(x, y) <= SCENE_SIZE - margin;
}

function areApart(one: SceneObject, other: SceneObject): boolean {
  const distance = Math.hypot(one.x - other.x, one.y - other.y);
  return cellOf(one) !== cellOf(other) && distance >= (one.radius + other.radius) * REACH + GAP;
}

function cellOf({ x, y }: SceneObject): number {
  return Math.floor(y / CELL_SIZE) * (SCENE_SIZE / CELL_SIZE) + Math.floor(x / CELL_SIZE);
}

function isRelationClear(relation: Relation, [first, second]: readonly SceneObject[]): boolean {
  if (first === undefined || second === undefined) return false;
  const right = second.x - first.x;
  const down = second.y - first.y;
  const [along, across] = relation === 'left' ? [right, down] : [down, right];
  return along >= RELATION_DISTANCE && Math.abs(across) <= along / 2;
}

function roundTenth(value: number): number {
  return Math.round(value * 10) / 10;
}
