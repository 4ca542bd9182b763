/** Turns a sweep spec into rows, all or none, and calls the trainers. */
import {
  expandSweep,
  hashJson,
  type Expansion,
  type ScoringSpec,
  type Sha256,
  type SweepSpec,
} from '@capgrid/contracts';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { StoreReader } from '../datasets/store-reader.js';
import { newId } from '../database/new-id.js';
import { queryRow, type Database } from '../database/query-rows.js';
import { notifyChange } from '../events/change-feed.js';
import { ProblemError } from '../problems/problem-error.js';
import { TaskBell } from '../queue/task-bell.js';
import { SCORING } from '../scoring/scoring.js';
import { createWork, pick } from './create-work.js';
import { insertRows } from '../database/insert-rows.js';
import { checkedSpec, refuseNoCells, resolveInputs } from './launch-inputs.js';
import { planLaunch } from './launch-plan.js';
import { refuseUncutPlans } from './refuse-uncut-plans.js';
import { withPublishedRows } from './published-tables.js';
import { lockSweeps } from './sweep-lock.js';

const MAX_KEY_LENGTH = 200;

type LaunchRequest = { idempotencyKey: string | null; sha256: Sha256 };

@Injectable()
export class LaunchService {
  private readonly logger = new Logger(LaunchService.name);

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly bell: TaskBell,
    private readonly store: StoreReader,
    @Inject(SCORING) private readonly scoring: ScoringSpec,
  ) {}

  /** The id of the new sweep, or of the one that the same idempotency key launched before. */
  async launch(input: SweepSpec, idempotencyKey: string | null): Promise<string> {
    if (idempotencyKey !== null && idempotencyKey.length > MAX_KEY_LENGTH) {
      throw new ProblemError(
        400,
        'invalid-request',
        `Idempotency-Key has ${idempotencyKey.length} characters, at most ${MAX_KEY_LENGTH} are allowed.`,
      );
    }
    const spec = await withPublishedRows(checkedSpec(input));
    const expansion = expandSweep(spec);
    refuseNoCells(expansion);
    // Of the request: the rows of printed tables may change between it and its repetition.
    const request = { idempotencyKey, sha256: hashJson(input) };
    const sweepId = await this.database.transaction(async (transaction) => {
      await lockSweeps(transaction);
      return (
        (await launchedBefore(transaction, request)) ??
        (await this.create(transaction, spec, expansion, request))
      );
    });
    await this.bell.ringNew();
    return sweepId;
  }

  private async create(
    transaction: Database,
    spec: SweepSpec,
    expansion: Expansion,
    request: LaunchRequest,
  ): Promise<string> {
    const inputs = await resolveInputs(transaction, spec.dataset, expansion);
    await refuseUncutPlans(spec, expansion.cells, inputs.plans, this.store);
    const plan = planLaunch(expansion.cells, inputs, this.scoring);
    const { trainings, evaluations } = await createWork(transaction, plan, this.store);
    const sweepId = newId('sweep');
    await insertRows(
      transaction,
      'sweeps',
      ['id', 'name', 'dataset', 'spec', 'factors', 'dropped', 'idempotency_key', 'request_sha256'],
      [
        {
          id: sweepId,
          name: spec.name,
          dataset: spec.dataset,
          spec,
          factors: expansion.factors,
          dropped: expansion.dropped,
          idempotency_key: request.idempotencyKey,
          request_sha256: request.sha256,
        },
      ],
    );
    const trials = plan.cells.map(({ cell, trainingKey, evaluationKey }, index) => {
      const training = pick(trainings, trainingKey);
      const evaluation = pick(evaluations, evaluationKey);
      return {
        id: newId('trial'),
        sweep_id: sweepId,
        number: index + 1,
        assignment: cell.assignment,
        seed: cell.seed,
        spec: cell.spec,
        training_id: training.id,
        evaluation_id: evaluation.id,
        is_training_reused: training.wasFinished,
        is_evaluation_reused: evaluation.wasFinished,
      };
    });
    await insertRows(
      transaction,
      'trials',
      [
        'id',
        'sweep_id',
        'number',
        'assignment',
        'seed',
        'spec',
        'training_id',
        'evaluation_id',
        'is_training_reused',
        'is_evaluation_reused',
      ],
      trials,
    );
    await notifyChange(transaction);
    this.logger.log({ event: 'sweep.launched', sweepId, name: spec.name, trials: trials.length });
    return sweepId;
  }
}

async function launchedBefore(
  transaction: Database,
  { idempotencyKey, sha256 }: LaunchRequest,
): Promise<string | null> {
  if (idempotencyKey === null) return null;
  const before = await queryRow(
    transaction,
    z.object({ id: z.string(), request_sha256: z.string() }),
    'SELECT id, request_sha256 FROM sweeps WHERE idempotency_key = $1',
    [idempotencyKey],
  );
  if (before === null) return null;
  if (before.request_sha256 === sha256) return before.id;
  throw new ProblemError(
    422,
    'idempotency-key-reused',
    `Idempotency-Key "${idempotencyKey}" has launched sweep "${before.id}" from another spec; use a new key.`,
  );
}
