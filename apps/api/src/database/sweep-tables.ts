/** Sweeps and their trials. */
import type { Assignment } from '@capgrid/contracts';
import {
  createdAt,
  flag,
  instant,
  integer,
  json,
  key,
  optional,
  orderedJson,
  serial,
  table,
  text,
} from './table.js';

type SweepRow = {
  id: string;
  name: string;
  dataset: string;
  spec: unknown;
  factors: string[];
  dropped: unknown;
  idempotency_key: string | null;
  request_sha256: string;
  position: string;
  created_at: Date;
  asked_at: Date;
  cancelled_at: Date | null;
};
export const SweepTable = table<SweepRow>(
  'sweeps',
  {
    id: { ...key },
    name: text,
    dataset: text,
    spec: orderedJson,
    factors: orderedJson,
    dropped: orderedJson,
    idempotency_key: optional(text),
    request_sha256: text,
    position: serial,
    created_at: createdAt,
    asked_at: { ...instant, default: () => 'clock_timestamp()' },
    cancelled_at: optional(instant),
  },
  { uniques: [['idempotency_key'], ['position']] },
);

type TrialRow = {
  id: string;
  sweep_id: string;
  number: number;
  assignment: Assignment;
  seed: string;
  spec: unknown;
  training_id: string;
  evaluation_id: string;
  is_training_reused: boolean;
  is_evaluation_reused: boolean;
};
export const TrialTable = table<TrialRow>(
  'trials',
  {
    id: { ...key },
    sweep_id: text,
    number: integer,
    assignment: orderedJson,
    seed: { type: 'bigint' },
    spec: json,
    training_id: text,
    evaluation_id: text,
    is_training_reused: flag,
    is_evaluation_reused: flag,
  },
  {
    references: { sweep_id: 'sweeps', training_id: 'trainings', evaluation_id: 'evaluations' },
    uniques: [['sweep_id', 'number']],
    servedByKey: ['sweep_id'],
  },
);
