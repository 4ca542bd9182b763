/** What a running task is doing, in words. */
import type { Progress } from '@capgrid/contracts';
import { formatCount, formatMeasure } from '../numbers/format-number';

const PHASE_WORDS: Record<Progress['phase'], { verb: string; unit: string }> = {
  encoder: { verb: 'training the encoder', unit: 'updates' },
  features: { verb: 'encoding images', unit: 'images' },
  train: { verb: 'training', unit: 'updates' },
  validate: { verb: 'validating', unit: 'captions' },
  decode: { verb: 'decoding', unit: 'captions' },
  score: { verb: 'scoring', unit: 'captions' },
};

/** `training, 1,200 of 4,000 updates, loss 0.412` */
export function describeProgress(progress: Progress | null): string {
  if (progress === null) return 'starting';
  const { verb, unit } = PHASE_WORDS[progress.phase];
  const count = `${formatCount(Math.round(progress.done))} of ${formatCount(Math.round(progress.total))} ${unit}`;
  const loss = progress.loss === null ? '' : `, loss ${formatMeasure(progress.loss)}`;
  return `${verb}, ${count}${loss}`;
}
