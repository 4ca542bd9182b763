/** Evaluations. */
import { EngineRecord, ScoringSpec, Sha256, TaskStatus, type Evaluation } from '@capgrid/contracts';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { queryRow } from '../database/query-rows.js';
import { notFound } from '../problems/problem-error.js';
import { SCORES_COLUMN, ScoresColumn } from './score-column.js';

const EvaluationRow = z.object({
  id: z.string(),
  key: Sha256,
  status: TaskStatus,
  scores: ScoresColumn,
  scoring: ScoringSpec.nullable(),
  captions: z.int().nullable(),
  engine: EngineRecord.nullable(),
  duration_ms: z.int().nullable(),
  predictions_sha256: Sha256.nullable(),
});

@Injectable()
export class EvaluationsService {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async get(evaluationId: string): Promise<Evaluation> {
    const row = await queryRow(
      this.database,
      EvaluationRow,
      `SELECT evaluations.*, ${SCORES_COLUMN}, tasks.status, tasks.duration_ms
       FROM evaluations JOIN tasks ON tasks.id = evaluations.task_id WHERE evaluations.id = $1`,
      [evaluationId],
    );
    if (row === null) throw notFound('evaluation', evaluationId);
    return {
      id: row.id,
      key: row.key,
      status: row.status,
      scores: row.scores,
      scoring: row.scoring,
      captions: row.captions,
      engine: row.engine,
      durationMs: row.duration_ms,
      predictionsSha256: row.predictions_sha256,
    };
  }
}
