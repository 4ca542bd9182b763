/** Every route of the API: method, path, what goes in and what comes out. */
import { z } from 'zod';
import { Comparison, ComparisonQuery } from './comparison.js';
import {
  Dataset,
  Encoder,
  RegisterDatasetRequest,
  RegisterEncoderRequest,
  RegisterVectorsRequest,
  WordVectors,
} from './dataset.js';
import { PredictionsPage, PredictionsQuery } from './predictions.js';
import { ResultsTable } from './results-table.js';
import {
  Health,
  LaunchSweepRequest,
  PointList,
  Sweep,
  SweepPage,
  SweepPreview,
  Training,
  Evaluation,
  Trial,
  TrialList,
} from './sweep.js';
import {
  CancelledRequest,
  CheckpointRequest,
  Claim,
  ClaimRequest,
  FailRequest,
  FinishRequest,
  Heartbeat,
  HeartbeatRequest,
  PointsRequest,
} from './task.js';

export type Route<Body extends z.ZodType, Query extends z.ZodType, Answer extends z.ZodType> = {
  method: 'GET' | 'POST';
  /** With `:name` for parameters. */
  path: string;
  body: Body;
  query: Query;
  answer: Answer;
};

const None = z.undefined();
/** Answer 204. */
const Empty = z.null();

function get<P extends string, Q extends z.ZodType, A extends z.ZodType>(
  path: P,
  query: Q,
  answer: A,
) {
  return { method: 'GET' as const, path, body: None, query, answer };
}

function post<P extends string, B extends z.ZodType, A extends z.ZodType>(
  path: P,
  body: B,
  answer: A,
) {
  return { method: 'POST' as const, path, body, query: None, answer };
}

export const SweepsQuery = z.strictObject({
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export type SweepsQuery = z.infer<typeof SweepsQuery>;

export const routes = {
  healthz: get('/healthz', None, Health),
  readyz: get('/readyz', None, Health),

  listDatasets: get('/api/datasets', None, z.array(Dataset)),
  registerDataset: post('/api/datasets', RegisterDatasetRequest, Dataset),
  listEncoders: get('/api/encoders', None, z.array(Encoder)),
  registerEncoder: post('/api/encoders', RegisterEncoderRequest, Encoder),
  listVectors: get('/api/vectors', None, z.array(WordVectors)),
  registerVectors: post('/api/vectors', RegisterVectorsRequest, WordVectors),

  previewSweep: post('/api/sweeps/preview', LaunchSweepRequest, SweepPreview),
  launchSweep: post('/api/sweeps', LaunchSweepRequest, Sweep),
  listSweeps: get('/api/sweeps', SweepsQuery, SweepPage),
  getSweep: get('/api/sweeps/:sweepId', None, Sweep),
  listTrials: get('/api/sweeps/:sweepId/trials', None, TrialList),
  getResults: get('/api/sweeps/:sweepId/results', None, ResultsTable),
  /** Each row against one, with intervals and corrected p-values; may take some seconds. */
  compareResults: get('/api/sweeps/:sweepId/comparison', ComparisonQuery, Comparison),
  cancelSweep: post('/api/sweeps/:sweepId/cancel', None, Sweep),
  /** Queues failed and cancelled tasks again. */
  retrySweep: post('/api/sweeps/:sweepId/retry', None, Sweep),

  getTrial: get('/api/trials/:trialId', None, Trial),
  listPredictions: get('/api/trials/:trialId/predictions', PredictionsQuery, PredictionsPage),
  getTraining: get('/api/trainings/:trainingId', None, Training),
  listPoints: get('/api/trainings/:trainingId/points', None, PointList),
  getEvaluation: get('/api/evaluations/:evaluationId', None, Evaluation),

  claimTask: post('/api/tasks/:taskId/claim', ClaimRequest, Claim),
  heartbeat: post('/api/attempts/:attemptId/heartbeat', HeartbeatRequest, Heartbeat),
  pushPoints: post('/api/attempts/:attemptId/points', PointsRequest, Empty),
  pushCheckpoint: post('/api/attempts/:attemptId/checkpoints', CheckpointRequest, Empty),
  finishAttempt: post('/api/attempts/:attemptId/finish', FinishRequest, Empty),
  failAttempt: post('/api/attempts/:attemptId/fail', FailRequest, Empty),
  cancelledAttempt: post('/api/attempts/:attemptId/cancelled', CancelledRequest, Empty),
} as const;

/**
 * Server-sent events. `sweepEvents` sends a `SweepProgress` as event `progress` at once and on each
 * change, at most four a second; `trainingEvents` sends a `Point[]` as event `points`, with the last
 * point's row number as event id, so that `Last-Event-ID` resumes without loss.
 */
export const eventRoutes = {
  sweepEvents: '/api/sweeps/:sweepId/events',
  trainingEvents: '/api/trainings/:trainingId/events',
} as const;

/** The bytes of an imported image, by dataset image digest; immutable. */
export const imageRoute = '/api/images/:sha256';
