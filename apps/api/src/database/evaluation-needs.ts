/** An evaluation needs the features it decodes from, not only through its training. Merged migrations are never edited. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class EvaluationNeeds1795700000000 implements MigrationInterface {
  readonly name = 'EvaluationNeeds1795700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
INSERT INTO task_needs (task_id, needed_id)
  SELECT evaluations.task_id, feature_sets.task_id
  FROM evaluations
  JOIN trainings ON trainings.id = evaluations.training_id
  JOIN feature_sets ON feature_sets.id = trainings.feature_set_id;
`;

const DOWN = `
DELETE FROM task_needs USING evaluations, feature_sets
  WHERE task_needs.task_id = evaluations.task_id AND task_needs.needed_id = feature_sets.task_id;
`;
