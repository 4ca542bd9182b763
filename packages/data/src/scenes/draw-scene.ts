/** Draws a scene as SVG. Outlines are computed here, so the picture needs no fonts. */
import type { SceneObject } from '@capgrid/contracts';
import { SCENE_SIZE, type Background, type Scene } from './scene.js';

const FILL: Record<string, string> = {
  red: '#e01b24',
  yellow: '#ffe01a',
  green: '#21a038',
  blue: '#2060f0',
  purple: '#a030c8',
};

const PAPER: Record<Background, string> = { white: '#ffffff', gray: '#9a9a9a', black: '#101010' };

export function drawScene({ background, objects, rotations }: Scene): string {
  const shapes = objects.map((object, index) => drawObject(object, rotations[index] ?? 0));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SCENE_SIZE}" height="${SCENE_SIZE}">` +
    `<rect width="100%" height="100%" fill="${PAPER[background]}"/>${shapes.join('')}</svg>`
  );
}

function drawObject({ shape, colour, x, y, radius }: SceneObject, rotation: number): string {
  const fill = FILL[colour] ?? 'none';
  const place = `translate(${x} ${y}) rotate(${rotation}) scale(${radius})`;
  return `<path transform="${place}" fill="${fill}" d="${OUTLINES[shape] ?? ''}"/>`;
}

/** Paths around the origin at radius 1; y points down. Areas are alike, so sizes look alike. */
const OUTLINES: Record<string, string> = {
  circle: 'M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z',
  square: 'M-.87 -.87H.87V.87H-.87Z',
  triangle: 'M0 -1.15L1.1 .8H-1.1Z',
  star: starPath(5, 1.2, 0.5),
};

function starPath(points: number, outer: number, inner: number): string {
  const corners = Array.from({ length: points * 2 }, (_, index) => {
    const angle = (Math.PI * index) / points - Math.PI / 2;
    const radius = index % 2 === 0 ? outer : inner;
    return `${(radius * Math.cos(angle)).toFixed(3)} ${(radius * Math.sin(angle)).toFixed(3)}`;
  });
  return `M${corners.join('L')}Z`;
}
