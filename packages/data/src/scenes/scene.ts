/**
 * What a synthetic scene is: a plain background with one to four coloured shapes that do not
 * overlap, described as one of three kinds. The values here are also the encoder's label sets.
 */
import type { SceneObject } from '@capgrid/contracts';

export const SHAPES = ['circle', 'square', 'triangle', 'star'] as const;
export type Shape = (typeof SHAPES)[number];

export const COLOURS = ['red', 'yellow', 'green', 'blue', 'purple'] as const;
export type Colour = (typeof COLOURS)[number];

export const SIZES = ['small', 'medium', 'large'] as const;
export type Size = (typeof SIZES)[number];

export const BACKGROUNDS = ['white', 'gray', 'black'] as const;
export type Background = (typeof BACKGROUNDS)[number];

export const RELATIONS = ['left', 'above'] as const;
/** Where the first of two objects lies, seen from the second. */
export type Relation = (typeof RELATIONS)[number];

/** Side of the square image in pixels, and of the cells in which object centres are unique. */
export const SCENE_SIZE = 96;
export const CELL_SIZE = 16;

/** Objects of one look. */
export interface Group {
  count: 1 | 2 | 3 | 4;
  shape: Shape;
  colour: Colour;
  size: Size;
}

/** What the captions talk about. A `pair` is several objects of one look and one of another. */
export type SceneContent =
  | { kind: 'group'; group: Group }
  | { kind: 'pair'; first: Group; second: Group }
  | { kind: 'relation'; relation: Relation; first: Group; second: Group };

export interface Scene {
  content: SceneContent;
  background: Background;
  objects: SceneObject[];
  /** One rotation per object, in degrees. */
  rotations: number[];
}
