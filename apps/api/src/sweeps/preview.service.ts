/** Tells what a launch would do. */
import { expandSweep, type Sha256, type SweepPreview, type SweepSpec } from '@capgrid/contracts';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { findKnown, isReusable, type Known } from './known-work.js';
import { checkedSpec, resolveInputs } from './launch-inputs.js';
import { planLaunch } from './launch-plan.js';

@Injectable()
export class PreviewService {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async preview(input: SweepSpec): Promise<SweepPreview> {
    const spec = checkedSpec(input);
    const expansion = expandSweep(spec);
    const inputs = await resolveInputs(this.database, spec.dataset, expansion);
    const plan = planLaunch(expansion.cells, inputs);
    const featureSets = await findKnown(this.database, 'feature_sets', plan.featureSets.keys());
    const trainings = await findKnown(this.database, 'trainings', plan.trainings.keys());
    const evaluations = await findKnown(this.database, 'evaluations', plan.evaluations.keys());
    const reusedFeatureSets = countReusable(featureSets);
    const reusedTrainings = countReusable(trainings);
    const reusedEvaluations = countReusable(evaluations);
    return {
      trials: plan.cells.length,
      trainings: plan.trainings.size,
      newTrainings: plan.trainings.size - reusedTrainings,
      reusedTrainings,
      newEvaluations: plan.evaluations.size - reusedEvaluations,
      reusedEvaluations,
      newFeatureSets: plan.featureSets.size - reusedFeatureSets,
      reusedFeatureSets,
      factors: expansion.factors,
      cells: plan.cells.map(({ cell, evaluationKey }) => ({
        assignment: cell.assignment,
        seed: cell.seed,
        isReused: isReusable(evaluations.get(evaluationKey)),
      })),
      dropped: expansion.dropped,
    };
  }
}

function countReusable(known: ReadonlyMap<Sha256, Known>): number {
  return [...known.values()].filter(isReusable).length;
}
