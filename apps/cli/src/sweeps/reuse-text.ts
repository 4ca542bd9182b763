/** What a launch will do, in a sentence or two: what is used again, and what others compute already. */
import type { SweepPreview } from '@capgrid/contracts';

type Counts = Omit<SweepPreview, 'factors' | 'cells' | 'dropped' | 'notes'>;

/** As in a preview: `pending` is under way for an earlier sweep. */
interface Work {
  fresh: number;
  pending: number;
  reused: number;
}

export function describeReuse(preview: Counts): string {
  const sentences = [
    `${count(preview.trials, 'trial')}, ${count(preview.trainings, 'training')}`,
    ...tellReuse('training', {
      fresh: preview.newTrainings,
      pending: preview.pendingTrainings,
      reused: preview.reusedTrainings,
    }),
    ...tellReuse('evaluation', {
      fresh: preview.newEvaluations,
      pending: preview.pendingEvaluations,
      reused: preview.reusedEvaluations,
    }),
    ...tellReuse('feature set', {
      fresh: preview.newFeatureSets,
      pending: preview.pendingFeatureSets,
      reused: preview.reusedFeatureSets,
    }),
  ];
  return sentences.join('; ');
}

function tellReuse(noun: string, { fresh, pending, reused }: Work): string[] {
  const total = fresh + pending + reused;
  const shareOf = (part: number) => {
    if (part < total) return `${part} of ${count(total, noun)}`;
    return total === 1 ? `the ${noun}` : `all ${count(total, noun)}`;
  };
  const underWay = 'under way for an earlier sweep';
  if (reused > 0)
    return [`${shareOf(reused)} reused${pending > 0 ? `, ${pending} ${underWay}` : ''}`];
  return pending > 0 ? [`${shareOf(pending)} ${underWay}`] : [];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
