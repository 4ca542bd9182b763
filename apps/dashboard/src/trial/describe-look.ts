/** Where a model looked at one word, in words: what the picture of it says. */
import { type AttentionMaps, type AttentionOfWord, unpackAttention } from '@capgrid/contracts';
import { formatFixed } from '../numbers/format-number';

export type Look = {
  /** Of each cell of the grid, row by row, as a share of the cell that was looked at most. */
  shares: number[];
  text: string;
};

const NAMES = { global: 'the whole image', sentinel: 'the sentinel' } as const;

export function describeLook(
  word: string,
  attention: AttentionOfWord,
  { columns }: NonNullable<AttentionMaps['grid']>,
  { regions, beside }: Pick<AttentionMaps, 'regions' | 'beside'>,
): Look {
  const weights = unpackAttention(attention);
  const cells = weights.slice(0, regions);
  const most = Math.max(...cells);
  const cell = cells.indexOf(most);
  const place = `row ${Math.floor(cell / columns) + 1}, column ${(cell % columns) + 1}`;
  const region = most === 0 ? 'no region' : `${percent(most)} in ${place}`;
  const others = beside.map((name, i) => `${percent(weights[regions + i] ?? 0)} on ${NAMES[name]}`);
  return {
    shares: cells.map((weight) => (most === 0 ? 0 : weight / most)),
    text: [`“${word}”: ${region}`, ...others].join('; '),
  };
}

function percent(weight: number): string {
  return `${formatFixed(100 * weight, 0)}%`;
}
