/** Per-cell labels of a scene: which object has its centre in the cell, if any. */
import type { SceneObject } from '@capgrid/contracts';
import { CELL } from './scenes-network.js';

/** The questions asked of each cell; answer 0 of each is "no object". */
export interface SceneQuestions {
  readonly shape: readonly string[];
  readonly colour: readonly string[];
  readonly size: readonly string[];
  /** Cells per side: column and row are questions too. */
  readonly grid: number;
}

export function sceneQuestions(
  scenes: readonly (readonly SceneObject[])[],
  imageSize: number,
): SceneQuestions {
  const valuesOf = (attribute: 'shape' | 'colour' | 'size'): string[] =>
    [...new Set(scenes.flat().map((object) => object[attribute]))].sort();
  return {
    shape: valuesOf('shape'),
    colour: valuesOf('colour'),
    size: valuesOf('size'),
    grid: imageSize / CELL,
  };
}

/** Answers per question, "no object" included: the widths of the head's parts. */
export function answerCounts({ shape, colour, size, grid }: SceneQuestions): number[] {
  return [shape.length, colour.length, size.length, grid, grid].map((count) => count + 1);
}

/** Answers of every cell, [cells][questions], row-major cells. Centres outside count nowhere. */
export function cellAnswers(
  objects: readonly SceneObject[],
  questions: SceneQuestions,
): Int32Array[] {
  const { grid } = questions;
  const cells = Array.from({ length: grid * grid }, () => new Int32Array(5));
  for (const object of objects) {
    const column = Math.floor(object.x / CELL);
    const row = Math.floor(object.y / CELL);
    if (column < 0 || column >= grid) continue;
    cells[row * grid + column]?.set([
      1 + questions.shape.indexOf(object.shape),
      1 + questions.colour.indexOf(object.colour),
      1 + questions.size.indexOf(object.size),
      1 + column,
      1 + row,
    ]);
  }
  return cells;
}
