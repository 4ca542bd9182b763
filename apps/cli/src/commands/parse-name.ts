/** Reads names of datasets and encoders; checked before hours of work go into one. */
import { DatasetName } from '@capgrid/contracts';
import { InvalidArgumentError } from 'commander';

export function datasetName(text: string): string {
  const parsed = DatasetName.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? 'is no name');
}
