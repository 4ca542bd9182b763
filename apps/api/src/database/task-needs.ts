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

-- What a trial needs: its evaluation, and whatever that needs through others.
CREATE FUNCTION trial_tasks(trial text) RETURNS TABLE (task_id text) LANGUAGE sql STABLE AS $$
  WITH RECURSIVE needed (id) AS (
    SELECT evaluations.task_id
    FROM trials JOIN evaluations ON evaluations.id = trials.evaluation_id
    WHERE trials.id = trial
    UNION
    SELECT task_needs.needed_id FROM needed JOIN task_needs ON task_needs.task_id = needed.id
  )
  SELECT id FROM needed
$$;

-- What the trials of a sweep need. Each task is met once, however many trials need it.
CREATE FUNCTION sweep_tasks(sweep text) RETURNS TABLE (task_id text) LANGUAGE sql STABLE AS $$
  WITH RECURSIVE needed (id) AS (
    SELECT evaluations.task_id
    FROM trials JOIN evaluations ON evaluations.id = trials.evaluation_id
    WHERE trials.sweep_id = sweep
    UNION
    SELECT task_needs.needed_id FROM needed JOIN task_needs ON task_needs.task_id = needed.id
  )
  SELECT id FROM needed
$$;

-- The other way: which trials need a task.
CREATE FUNCTION task_trials(task text) RETURNS TABLE (trial_id text, sweep_id text)
LANGUAGE sql STABLE AS $$
  WITH RECURSIVE needing (id) AS (
    SELECT task
    UNION
    SELECT task_needs.task_id FROM needing JOIN task_needs ON task_needs.needed_id = needing.id
  )
  SELECT trials.id, trials.sweep_id
  FROM needing
  JOIN evaluations ON evaluations.task_id = needing.id
  JOIN trials ON trials.evaluation_id = evaluations.id
$$;

-- The one place that derives a trial's status from its tasks. A failed or cancelled task that it
-- needs fails or cancels its evaluation, so the evaluation's status comes first. What runs is found
-- from the running attempts, which are few, and not from the trials, which are many.
CREATE VIEW trial_states AS
  WITH RECURSIVE served (task_id, active_id) AS (
    SELECT task_id, task_id FROM attempts WHERE status = 'running'
    UNION
    SELECT task_needs.task_id, served.active_id
    FROM served JOIN task_needs ON task_needs.needed_id = served.task_id
  )
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
  LEFT JOIN (
    SELECT DISTINCT ON (served.task_id) served.task_id, tasks.id, tasks.kind
    FROM served JOIN tasks ON tasks.id = served.active_id
    ORDER BY served.task_id, tasks.position DESC
  ) active ON active.task_id = evaluating.id AND evaluating.status = 'waiting';
`;

const DOWN = `
DROP VIEW trial_states;
DROP FUNCTION trial_tasks, sweep_tasks, task_trials;

-- What has not finished and needs more than can be said below fails for good: self-critical trainings
-- and their evaluations, and ensembles. An older program would train or decode them as something else.
CREATE TEMPORARY TABLE inexpressible ON COMMIT DROP AS
  SELECT tasks.id FROM tasks
  LEFT JOIN evaluations ON evaluations.task_id = tasks.id
  JOIN trainings
    ON trainings.task_id = tasks.id OR trainings.id = evaluations.training_id
  WHERE tasks.status <> 'finished' AND (
    trainings.start_training_id IS NOT NULL
    OR EXISTS (SELECT FROM evaluation_members WHERE evaluation_id = evaluations.id)
  );
UPDATE attempts SET status = 'lost', ended_at = now()
  WHERE status = 'running' AND task_id IN (SELECT id FROM inexpressible);
UPDATE tasks SET
  status = 'failed', is_cancel_requested = false, finished_at = now(),
  failure = '{"code": "needs-lost", "message": "the database went back to a version without self-critical training and ensembles; launch the sweep again after the upgrade", "isRetryable": false, "step": null}'
  WHERE id IN (SELECT id FROM inexpressible);

ALTER TABLE tasks ADD COLUMN depends_on text
  CONSTRAINT tasks_depends_on_fkey REFERENCES tasks (id);
UPDATE tasks SET depends_on = feature_sets.task_id
  FROM trainings JOIN feature_sets ON feature_sets.id = trainings.feature_set_id
  WHERE trainings.task_id = tasks.id;
UPDATE tasks SET depends_on = trainings.task_id
  FROM evaluations JOIN trainings ON trainings.id = evaluations.training_id
  WHERE evaluations.task_id = tasks.id;
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
