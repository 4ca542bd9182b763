/**
 * How often 95% intervals cover the true difference of two systems with few trainings:
 *
 *     npm run simulate:coverage -w @capgrid/metrics
 *
 * For 2, 3, 5 and 10 trainings, with a small and a large interaction of training and image; 2,000
 * rounds each leave a standard deviation of 0.5 points at 95%. `seeds` is asked for the difference
 * that other trainings give on the very images of the round.
 */
import { twoLevelBootstrap } from '../two-level-bootstrap.js';
import { bellNumbers } from './scored-images.js';
import { simulateTrainings, systemOf } from './simulated-trainings.js';

const ROUNDS = 2000;
const IMAGES = 100;
const DIFFERENCE = 0.1;
const LEVELS = ['seeds', 'both', 'bothByWelch'] as const;
const SPREADS = {
  'small interaction': { image: 1, seed: 0.15, interaction: 0.3 },
  'large interaction': { image: 1, seed: 0.03, interaction: 2 },
};

for (const [name, spread] of Object.entries(SPREADS)) {
  for (const trainings of [2, 3, 5, 10]) {
    const covered = { seeds: 0, both: 0, bothByWelch: 0 };
    const random = bellNumbers(trainings);
    for (let round = 0; round < ROUNDS; round += 1) {
      const design = { images: IMAGES, seeds: trainings, mean: 1 };
      const ofImages = Array.from({ length: IMAGES }, random);
      const [metric] = twoLevelBootstrap(
        systemOf('left', simulateTrainings(random, spread, design, ofImages)),
        systemOf(
          'right',
          simulateTrainings(random, spread, { ...design, mean: 1 + DIFFERENCE }, ofImages),
        ),
        { seed: round, resamples: 400 },
      ).metrics;
      for (const level of LEVELS) {
        const interval = metric?.[level]?.interval;
        if (interval !== undefined && interval.low <= DIFFERENCE && DIFFERENCE <= interval.high) {
          covered[level] += 1;
        }
      }
    }
    const shares = LEVELS.map(
      (level) => `${level} ${((100 * covered[level]) / ROUNDS).toFixed(1)}%`,
    );
    console.log(`${name}, ${trainings} trainings: ${shares.join(', ')}`);
  }
}
