/** Reads whole numbers given as options. */
import { InvalidArgumentError } from 'commander';

/** A parser for commander: whole numbers from `least` on. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`give a whole number of at least ${least}`);
  };
}
