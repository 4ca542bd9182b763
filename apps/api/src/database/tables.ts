/** All tables, as the drift test compares them with the migrations. */
import {
  DatasetImageTable,
  DatasetTable,
  EncoderTable,
  WordVectorsTable,
} from './dataset-tables.js';
import { SweepTable, TrialTable } from './sweep-tables.js';
import {
  AttemptTable,
  CheckpointTable,
  PointTable,
  TaskNeedTable,
  TaskTable,
} from './task-tables.js';
import {
  EvaluationMemberTable,
  EvaluationScoreTable,
  EvaluationTable,
  FeatureSetTable,
  TrainingTable,
} from './work-tables.js';

export const TABLES = [
  DatasetTable,
  DatasetImageTable,
  EncoderTable,
  WordVectorsTable,
  TaskTable,
  TaskNeedTable,
  AttemptTable,
  PointTable,
  CheckpointTable,
  FeatureSetTable,
  TrainingTable,
  EvaluationTable,
  EvaluationMemberTable,
  EvaluationScoreTable,
  SweepTable,
  TrialTable,
];
