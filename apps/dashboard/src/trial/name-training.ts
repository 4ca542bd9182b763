/** What tells the trainings of one trial apart. */
import type { Training } from '@capgrid/contracts';

type Named = Pick<Training, 'seed' | 'isSelfCritical'>;

/** `seed 2, cross-entropy`; only what differs among them, so empty for the only one. */
export function nameTraining({ seed, isSelfCritical }: Named, all: readonly Named[]): string {
  const parts: string[] = [];
  if (seedsOf(all).length > 1) parts.push(`seed ${seed}`);
  if (all.some((one) => one.isSelfCritical)) {
    parts.push(isSelfCritical ? 'self-critical' : 'cross-entropy');
  }
  return parts.join(', ');
}

/** Of the models that write the captions, in order. */
export function seedsOf(trainings: readonly Named[]): number[] {
  return [...new Set(trainings.map(({ seed }) => seed))];
}
