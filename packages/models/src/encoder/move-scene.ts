/**
 * Random flips and shifts of scenes: hundreds of images are too few to learn shapes from, but each
 * is as good at another place.
 */
import type { SceneObject } from '@capgrid/contracts';
import type { Rng } from '../rng.js';
import { CELL } from './scenes-network.js';

export interface SceneMove {
  /** Flip left and right; all shapes are symmetric. */
  readonly isMirrored: boolean;
  /** Pixels to the right and down, after the flip. */
  readonly right: number;
  readonly down: number;
}

/**
 * Largest shift, in cells. Whole cells keep centres as far from cell borders as they were; shifts
 * by single pixels were tried and slow learning down more than they teach in so few passes.
 */
const CELLS = 1;

export function drawMove(rng: Rng): SceneMove {
  return {
    isMirrored: rng.uniform() < 0.5,
    right: drawShift(rng),
    down: drawShift(rng),
  };
}

function drawShift(rng: Rng): number {
  return CELL * (rng.integer(2 * CELLS + 1) - CELLS);
}

/** RGB bytes [moves, size, size, 3]; what comes in at an edge repeats the edge. */
export function movedImages(
  pixels: Uint8Array,
  moves: readonly SceneMove[],
  size: number,
): Uint8Array {
  const out = new Uint8Array(pixels.length);
  let to = 0;
  for (const [image, { isMirrored, right, down }] of moves.entries()) {
    for (let y = 0; y < size; y += 1) {
      const row = (image * size + clamped(y - down, size)) * size;
      for (let x = 0; x < size; x += 1) {
        const column = clamped(x - right, size);
        const from = (row + (isMirrored ? size - 1 - column : column)) * 3;
        out[to] = pixels[from] ?? 0;
        out[to + 1] = pixels[from + 1] ?? 0;
        out[to + 2] = pixels[from + 2] ?? 0;
        to += 3;
      }
    }
  }
  return out;
}

/** The objects where `move` puts them; some may lie outside of the image then. */
export function movedObjects(
  objects: readonly SceneObject[],
  move: SceneMove | undefined,
  size: number,
): SceneObject[] {
  if (move === undefined) return [...objects];
  return objects.map((object) => ({
    ...object,
    x: (move.isMirrored ? size - object.x : object.x) + move.right,
    y: object.y + move.down,
  }));
}

function clamped(position: number, size: number): number {
  return Math.min(size - 1, Math.max(0, position));
}
