import { listWords } from './list-words.js';

/** `row 3`, `rows 3, 5 and 13 to 24`. */
export function nameNumbers(noun: string, numbers: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run !== undefined && number === run.last + 1) run.last = number;
    else runs.push({ first: number, last: number });
  }
  const words = runs.flatMap(({ first, last }) => {
    if (last - first < 2) return first === last ? [`${first}`] : [`${first}`, `${last}`];
    return [`${first} to ${last}`];
  });
  return `${noun}${numbers.length === 1 ? '' : 's'} ${listWords(words)}`;
}
