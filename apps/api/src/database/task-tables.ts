/** Tasks, the attempts at them, and what attempts report. */
import type { Failure, Progress } from '@capgrid/contracts';
import {
  count,
  createdAt,
  flag,
  instant,
  integer,
  integerKey,
  json,
  key,
  optional,
  score,
  serial,
  table,
  text,
} from './table.js';

type TaskRow = {
  id: string;
  kind: string;
  status: string;
  position: string;
  failures: number;
  losses: number;
  failure: Failure | null;
  is_cancel_requested: boolean;
  rung_at: Date | null;
  duration_ms: number | null;
  created_at: Date;
  finished_at: Date | null;
  revived_at: Date | null;
};
export const TaskTable = table<TaskRow>(
  'tasks',
  {
    id: { ...key },
    kind: text,
    status: text,
    position: serial,
    failures: count,
    losses: count,
    failure: optional(json),
    is_cancel_requested: flag,
    rung_at: optional(instant),
    duration_ms: optional(integer),
    created_at: createdAt,
    finished_at: optional(instant),
    revived_at: optional(instant),
  },
  {
    checks: {
      kind: "kind IN ('features', 'training', 'evaluation')",
      status: "status IN ('waiting', 'queued', 'running', 'finished', 'failed', 'cancelled')",
    },
    indices: [{ name: 'tasks_queued_idx', columns: ['rung_at'], where: "status = 'queued'" }],
  },
);

/** What a task waits for. */
type TaskNeedRow = { task_id: string; needed_id: string };
export const TaskNeedTable = table<TaskNeedRow>(
  'task_needs',
  { task_id: { ...key }, needed_id: { ...key } },
  { references: { task_id: 'tasks', needed_id: 'tasks' }, servedByKey: ['task_id'] },
);

type AttemptRow = {
  id: string;
  task_id: string;
  number: number;
  token_sha256: string;
  trainer: string;
  status: string;
  lease_until: Date;
  resume_step: number | null;
  progress: Progress | null;
  failure: Failure | null;
  started_at: Date;
  ended_at: Date | null;
};
export const AttemptTable = table<AttemptRow>(
  'attempts',
  {
    id: { ...key },
    task_id: text,
    number: integer,
    token_sha256: text,
    trainer: text,
    status: text,
    lease_until: instant,
    resume_step: optional(integer),
    progress: optional(json),
    failure: optional(json),
    started_at: createdAt,
    ended_at: optional(instant),
  },
  {
    references: { task_id: 'tasks' },
    checks: { status: "status IN ('running', 'finished', 'failed', 'lost', 'cancelled')" },
    uniques: [['task_id', 'number']],
    servedByKey: ['task_id'],
    indices: [
      { name: 'attempts_running_idx', columns: ['lease_until'], where: "status = 'running'" },
      {
        name: 'attempts_one_running_idx',
        columns: ['task_id'],
        unique: true,
        where: "status = 'running'",
      },
    ],
  },
);

type PointRow = {
  attempt_id: string;
  name: string;
  step: number;
  value: number;
  row_number: string;
};
export const PointTable = table<PointRow>(
  'points',
  {
    attempt_id: { ...key },
    name: { ...key },
    step: { ...integerKey },
    value: score,
    row_number: serial,
  },
  {
    references: { attempt_id: 'attempts' },
    servedByKey: ['attempt_id'],
    indices: [{ name: 'points_row_number_idx', columns: ['attempt_id', 'row_number'] }],
  },
);

type CheckpointRow = { attempt_id: string; step: number; state_sha256: string; created_at: Date };
export const CheckpointTable = table<CheckpointRow>(
  'checkpoints',
  {
    attempt_id: { ...key },
    step: { ...integerKey },
    state_sha256: text,
    created_at: createdAt,
  },
  { references: { attempt_id: 'attempts' }, servedByKey: ['attempt_id'] },
);
