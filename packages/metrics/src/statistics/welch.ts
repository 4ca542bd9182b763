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
  /** A single point where nothing varies. */
  readonly interval: Interval;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  /**
   * Two-sided, that the value is 0. Null where neither images nor trainings vary and the value is
   * not 0: there is nothing to measure it against.
   */
  readonly p: number | null;
}

/**
 * `value` is a mean over trainings, or the difference of two such means; `imagesVariance` its
 * bootstrap variance over images. Variances of ties are 0, see `varianceBeyondTies`. Degrees of
 * freedom as Welch (1947) and Satterthwaite (1946).
 */
export function welch(
  value: number,
  imagesVariance: number,
  images: number,
  systems: readonly TrainingSpread[],
  confidence: number,
): StudentResult {
  const parts = varianceParts(imagesVariance, images, systems);
  const total = totalOf(parts);
  if (total === 0) {
    const degreesOfFreedom = parts.reduce((sum, part) => sum + part.degreesOfFreedom, 0);
    const interval = { low: value, high: value };
    return { interval, standardError: 0, degreesOfFreedom, p: value === 0 ? 1 : null };
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

/** Of a mean over trainings, for other trainings on other images: the one that `welch` tests with. */
export function bothLevelsVariance(imagesVariance: number, spread: TrainingSpread): number {
  return totalOf(varianceParts(imagesVariance, 2, [spread]));
}

interface VariancePart {
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

/** The interaction is in the variance of the images and in `betweenSeeds`; it counts once. */
function varianceParts(
  imagesVariance: number,
  images: number,
  systems: readonly TrainingSpread[],
): readonly VariancePart[] {
  const interactions = systems.map(({ interaction, trainings }) => interaction / trainings);
  return [
    ...systems.map(({ trainings, betweenSeeds, interaction }) => ({
      variance: Math.max(betweenSeeds, interaction) / trainings,
      degreesOfFreedom: trainings - 1,
    })),
    {
      variance: Math.max(0, imagesVariance - interactions.reduce((sum, part) => sum + part, 0)),
      degreesOfFreedom: images - 1,
    },
  ];
}

function totalOf(parts: readonly VariancePart[]): number {
  return parts.reduce((sum, part) => sum + part.variance, 0);
}
