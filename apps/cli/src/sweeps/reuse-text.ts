/** What a launch will do, in a sentence or two: new work and what is used again. */
import type { SweepPreview } from '@capgrid/contracts';

type Counts = Pick<
  SweepPreview,
  | 'trials'
  | 'trainings'
  | 'newTrainings'
  | 'reusedTrainings'
  | 'newEvaluations'
  | 'reusedEvaluations'
  | 'newFeatureSets'
  | 'reusedFeatureSets'
>;

export function describeReuse(preview: Counts): string {
  const sentences = [
    `${count(preview.trials, 'trial')}, ${count(preview.trainings, 'training')}`,
    ...tellReuse('training', preview.reusedTrainings, preview.newTrainings),
    ...tellReuse('evaluation', preview.reusedEvaluations, preview.newEvaluations),
    ...tellReuse('feature set', preview.reusedFeatureSets, preview.newFeatureSets),
  ];
  return sentences.join('; ');
}

function tellReuse(noun: string, reused: number, fresh: number): string[] {
  if (reused === 0) return [];
  if (fresh > 0) return [`${count(reused, noun)} of ${reused + fresh} reused`];
  return [reused === 1 ? `the ${noun} reused` : `all ${count(reused, noun)} reused`];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
