/**
 * A task may need several others: an ensemble needs each of its trainings, a self-critical training
 * needs the one it starts from. Merged migrations are never edited.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TaskNeeds1795300000000 implements MigrationInterface {
  readonly name = 'TaskNeeds1795300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
CREATE TABLE task_needs (
  task_id text NOT NULL CONSTRAINT task_needs_task_id_fkey REFERENCES tasks (id),
  -- Created before the task: positions of tasks grow along the needs.
  needed_id text NOT NULL CONSTRAINT task_needs_needed_id_fkey REFERENCES tasks (id),
  CONSTRAINT task_needs_pkey PRIMARY KEY (task_id, needed_id)
);
CREATE INDEX task_needs_needed_id_idx ON task_needs (needed_id);
INSERT INTO task_needs (task_id, needed_id)
  SELECT id, depends_on FROM tasks WHERE depends_on IS NOT NULL;

-- The training whose weights it starts from; NULL: it starts from random ones.
ALTER TABLE trainings ADD COLUMN start_training_id text
  CONSTRAINT trainings_start_training_id_fkey REFERENCES trainings (id);
CREATE INDEX trainings_start_training_id_idx ON trainings (start_training_id);

-- The trainings of an ensemble beside the evaluation's own, in order; none for one model.
CREATE TABLE evaluation_members (
  evaluation_id text NOT NULL
    CONSTRAINT evaluation_members_evaluation_id_fkey REFERENCES evaluations (id),
  number integer NOT NULL,
  training_id text NOT NULL
    CONSTRAINT evaluation_members_training_id_fkey REFERENCES trainings (id),
  CONSTRAINT evaluation_members_pkey PRIMARY KEY (evaluation_id, number)
);
CREATE INDEX evaluation_members_training_id_idx ON evaluation_members (training_id);

DROP VIEW trial_states;
DROP VIEW sweep_tasks;
ALTER TABLE tasks DROP COLUMN depends_on;

-- All that a trial needs: its evaluation, and what that needs through at most three others
-- (a training, the one it starts from, the features of that). Not recursive, so that a condition on
-- the sweep or the task reaches the indices.
CREATE VIEW trial_tasks AS
  SELECT trials.id AS trial_id, trials.sweep_id, evaluations.task_id
  FROM trials JOIN evaluations ON evaluations.id = trials.evaluation_id
  UNION
  SELECT trials.id, trials.sweep_id, first.needed_id
  FROM trials JOIN evaluations ON evaluations.id = trials.evaluation_id
  JOIN task_needs first ON first.task_id = evaluations.task_id
  UNION
  SELECT trials.id, trials.sweep_id, second.needed_id
  FROM trials JOIN evaluations ON evaluations.id = trials.evaluation_id
  JOIN task_needs first ON first.task_id = evaluations.task_id
  JOIN task_needs second ON second.task_id = first.needed_id
  UNION
  SELECT trials.id, trials.sweep_id, third.needed_id
  FROM trials JOIN evaluations ON evaluations.id = trials.evaluation_id
  JOIN task_needs first ON first.task_id = evaluations.task_id
  JOIN task_needs second ON second.task_id = first.needed_id
  JOIN task_needs third ON third.task_id = second.needed_id;

-- Which tasks a sweep needs.
CREATE VIEW sweep_tasks AS SELECT DISTINCT sweep_id, task_id FROM trial_tasks;

-- The one place that derives a trial's status from its tasks. A failed or cancelled task that it
-- needs fails or cancels its evaluation, so the evaluation's status comes first.
CREATE VIEW trial_states AS
  SELECT
    trials.id AS trial_id,
    trials.sweep_id,
    CASE
      WHEN evaluating.status IN ('finished', 'failed', 'cancelled') THEN evaluating.status
      WHEN evaluating.status = 'running' THEN 'evaluating'
      WHEN active.kind = 'training' THEN 'training'
      WHEN active.kind = 'features' THEN 'extracting'
      ELSE 'queued'
    END AS status,
    COALESCE(active.id, evaluating.id) AS active_task_id
  FROM trials
  JOIN evaluations ON evaluations.id = trials.evaluation_id
  JOIN tasks evaluating ON evaluating.id = evaluations.task_id
  LEFT JOIN LATERAL (
    SELECT tasks.id, tasks.kind
    FROM trial_tasks JOIN tasks ON tasks.id = trial_tasks.task_id
    WHERE trial_tasks.trial_id = trials.id AND tasks.status = 'running'
      AND evaluating.status = 'waiting'
    ORDER BY tasks.position DESC LIMIT 1
  ) active ON true;
`;

const DOWN = `
DROP VIEW trial_states;
DROP VIEW sweep_tasks;
DROP VIEW trial_tasks;
ALTER TABLE tasks ADD COLUMN depends_on text
  CONSTRAINT tasks_depends_on_fkey REFERENCES tasks (id);
-- The nearest of several: it was created last.
UPDATE tasks SET depends_on = (
  SELECT needed.id FROM task_needs JOIN tasks needed ON needed.id = task_needs.needed_id
  WHERE task_needs.task_id = tasks.id ORDER BY needed.position DESC LIMIT 1
);
CREATE INDEX tasks_depends_on_idx ON tasks (depends_on);
DROP TABLE evaluation_members;
ALTER TABLE trainings DROP COLUMN start_training_id;
DROP TABLE task_needs;

-- Which tasks a sweep needs.
CREATE VIEW sweep_tasks AS
  SELECT trials.sweep_id, evaluations.task_id
  FROM trials JOIN evaluations ON evaluations.id = trials.evaluation_id
  UNION
  SELECT trials.sweep_id, trainings.task_id
  FROM trials JOIN trainings ON trainings.id = trials.training_id
  UNION
  SELECT trials.sweep_id, feature_sets.task_id
  FROM trials
  JOIN trainings ON trainings.id = trials.training_id
  JOIN feature_sets ON feature_sets.id = trainings.feature_set_id;

-- The one place that derives a trial's status from its tasks. A failed or cancelled dependency
-- fails or cancels its evaluation, so the evaluation's status comes first.
CREATE VIEW trial_states AS
  SELECT
    trials.id AS trial_id,
    trials.sweep_id,
    CASE
      WHEN evaluating.status IN ('finished', 'failed', 'cancelled') THEN evaluating.status
      WHEN evaluating.status = 'running' THEN 'evaluating'
      WHEN training.status = 'running' THEN 'training'
      WHEN extracting.status = 'running' THEN 'extracting'
      ELSE 'queued'
    END AS status,
    extracting.id AS features_task_id,
    training.id AS training_task_id,
    evaluating.id AS evaluation_task_id,
    CASE
      WHEN training.status = 'running' THEN training.id
      WHEN extracting.status = 'running' THEN extracting.id
      ELSE evaluating.id
    END AS active_task_id
  FROM trials
  JOIN evaluations ON evaluations.id = trials.evaluation_id
  JOIN tasks evaluating ON evaluating.id = evaluations.task_id
  JOIN trainings ON trainings.id = trials.training_id
  JOIN tasks training ON training.id = trainings.task_id
  JOIN feature_sets ON feature_sets.id = trainings.feature_set_id
  JOIN tasks extracting ON extracting.id = feature_sets.task_id;
`;
