/** Tells what a launch would do. */
import {
  expandSweep,
  type ScoringSpec,
  type SweepPreview,
  type SweepSpec,
} from '@capgrid/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { StoreReader } from '../datasets/store-reader.js';
import { SCORING } from '../scoring/scoring.js';
import { countWork, findKnown, isFinished } from './known-work.js';
import { checkedSpec, resolveInputs } from './launch-inputs.js';
import { planLaunch } from './launch-plan.js';
import { refuseUncutPlans } from './refuse-uncut-plans.js';
import { withPublishedRows } from './published-tables.js';

@Injectable()
export class PreviewService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly store: StoreReader,
    @Inject(SCORING) private readonly scoring: ScoringSpec,
  ) {}

  async preview(input: SweepSpec): Promise<SweepPreview> {
    const spec = await withPublishedRows(checkedSpec(input));
    const expansion = expandSweep(spec);
    const inputs = await resolveInputs(this.database, spec.dataset, expansion);
    await refuseUncutPlans(spec, expansion.cells, inputs.plans, this.store);
    const plan = planLaunch(expansion.cells, inputs, this.scoring);
    const featureSets = await findKnown(this.database, 'feature_sets', plan.featureSets.keys());
    const trainings = await findKnown(this.database, 'trainings', plan.trainings.keys());
    const evaluations = await findKnown(this.database, 'evaluations', plan.evaluations.keys());
    const featureWork = countWork(plan.featureSets.size, featureSets);
    const trainingWork = countWork(plan.trainings.size, trainings);
    const evaluationWork = countWork(plan.evaluations.size, evaluations);
    return {
      trials: plan.cells.length,
      trainings: plan.trainings.size,
      newTrainings: trainingWork.added,
      pendingTrainings: trainingWork.pending,
      reusedTrainings: trainingWork.reused,
      newEvaluations: evaluationWork.added,
      pendingEvaluations: evaluationWork.pending,
      reusedEvaluations: evaluationWork.reused,
      newFeatureSets: featureWork.added,
      pendingFeatureSets: featureWork.pending,
      reusedFeatureSets: featureWork.reused,
      factors: expansion.factors,
      cells: plan.cells.map(({ cell, evaluationKey }) => ({
        assignment: cell.assignment,
        seed: cell.seed,
        isReused: isFinished(evaluations.get(evaluationKey)),
      })),
      dropped: expansion.dropped,
      notes: expansion.notes,
    };
  }
}
