/**
 * Interval and p-value over other trainings on other images, for the few trainings that are usual.
 * Drawing from three trainings gives 6 different means, so a percentile of them says little; here
 * resampling gives the variance of the images, the trainings give theirs with few degrees of freedom,
 * and Student's t makes up for these.
 */
import { studentHalfWidth, studentTwoSidedP } from './student-t.js';
import type { Interval } from './spread.js';

/** What the trainings of one system say, for one metric. */
export interface TrainingSpread {
  readonly trainings: number;
  /** Sample variance of the trainings' scores on the full set of images. */
  readonly betweenSeeds: number;
  /** The part of it that is an interaction with the images; see `ScoreVariance`. */
  readonly interaction: number;
}

export interface StudentResult {
  readonly interval: Interval;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  /** Two-sided, that the value is 0. */
  readonly p: number;
}

/**
 * `value` is a mean over trainings, or the difference of two such means; `imagesVariance` its
 * bootstrap variance over images. The interaction is in that variance and in `betweenSeeds`; it
 * counts once. Degrees of freedom as Welch (1947) and Satterthwaite (1946).
 */
export function welch(
  value: number,
  imagesVariance: number,
  images: number,
  systems: readonly TrainingSpread[],
  confidence: number,
): StudentResult {
  const interactions = systems.map(({ interaction, trainings }) => interaction / trainings);
  const parts = [
    ...systems.map(({ trainings, betweenSeeds, interaction }) => ({
      variance: Math.max(betweenSeeds, interaction) / trainings,
      degreesOfFreedom: trainings - 1,
    })),
    {
      variance: Math.max(0, imagesVariance - interactions.reduce((sum, part) => sum + part, 0)),
      degreesOfFreedom: images - 1,
    },
  ];
  const total = parts.reduce((sum, part) => sum + part.variance, 0);
  if (total === 0) {
    // nothing varies, neither with the images nor with the seed
    const degreesOfFreedom = parts.reduce((sum, part) => sum + part.degreesOfFreedom, 0);
    const interval = { low: value, high: value };
    return { interval, standardError: 0, degreesOfFreedom, p: value === 0 ? 1 : 0 };
  }
  // shares, since squares of small variances would underflow
  const degreesOfFreedom =
    1 / parts.reduce((sum, part) => sum + (part.variance / total) ** 2 / part.degreesOfFreedom, 0);
  const standardError = Math.sqrt(total);
  const halfWidth = standardError * studentHalfWidth(confidence, degreesOfFreedom);
  return {
    interval: { low: value - halfWidth, high: value + halfWidth },
    standardError,
    degreesOfFreedom,
    p: studentTwoSidedP(value / standardError, degreesOfFreedom),
  };
}
