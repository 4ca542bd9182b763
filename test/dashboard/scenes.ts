/** The sweeps that the tests look at. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Point, TrialStatus } from '@capgrid/contracts';
import type { FixtureApi } from './fixture-api.js';

const SWEEPS = path.resolve(import.meta.dirname, '../../sweeps');

const DEMO_TEXT = readFileSync(path.join(SWEEPS, 'demo.yaml'), 'utf8');

/** Three seeds, published scores, a failed and a queued trial, dropped cells. */
const PAPER_TEXT = `
name: attention-and-width
dataset: flickr8k
base: { encoder: { kind: plan, name: mobilenet } }
grid:
  model.attention.kind: [none, multihead, mlp]
  model.hidden: [256, 512]
  decode.beam: [1, 3]
exclude: [{ model.attention.kind: none, model.hidden: 512 }]
seeds: [1, 2, 3]
`;

/** Scores of two splits, and two METEORs among the seeds of its first row. */
const MIXED_TEXT = `
name: two-splits
dataset: flickr8k
base: { encoder: { kind: plan, name: mobilenet } }
grid:
  decode.split: [test, val]
  decode.beam: [1, 3]
seeds: [1, 2]
`;

/** 24 trials of long names, and 480 cells that one rule excludes. */
const WASTEFUL_TEXT = `
name: wasteful
dataset: flickr8k
base: { encoder: { kind: plan, name: mobilenet } }
grid:
  model.attention.kind: [mlp, none]
  model.weightNorm: [false, true]
  decode.norm: [per_step, on_finish]
  decode.blockUnknown: [false, true]
when:
  - if: { decode.blockUnknown: true }
    grid: { decode.maxWords: [${range(1, 20).join(', ')}] }
exclude: [{ decode.blockUnknown: true }]
seeds: [1, 2, 3]
`;

/** One trial: two models, each trained self-critically, and the three best captions of each image. */
const MEMBERS_TEXT = `
name: members
dataset: flickr8k
base:
  encoder: { kind: plan, name: mobilenet }
  schedule: { averageCheckpoints: 2, selfCritical: { epochs: 2 } }
  decode: { ensemble: 2, nBest: 3 }
seeds: [9]
`;

const RETRIEVED_TEXT = `
name: retrieved
dataset: flickr8k
base:
  encoder: { kind: plan, name: mobilenet }
  model: { decoder: retrieval, pick: consensus }
`;

/** Nothing was ever computed: one trial has failed, one was cancelled. */
const ENDED_TEXT = `
name: ended
dataset: flickr8k
base: { encoder: { kind: plan, name: mobilenet } }
grid: { model.hidden: [64, 128] }
`;

export const MEMBERS = 'swp_members';
export const RETRIEVED = 'swp_retrieved';
export const ENDED = 'swp_ended';
export const DEMO = 'swp_demo';
export const RUNNING = 'swp_running';
export const PAPER = 'swp_paper';
export const MIXED = 'swp_mixed';
export const WASTEFUL = 'swp_wasteful';

export function fillWithSweeps(api: FixtureApi): void {
  const launchedAt = '2026-11-21T08:12:00.000Z';
  api.sweeps.set(RUNNING, {
    id: RUNNING,
    text: DEMO_TEXT,
    statuses: new Map<number, TrialStatus>([
      [13, 'training'],
      [14, 'training'],
      [5, 'failed'],
      ...range(15, 24).map((number): [number, TrialStatus] => [number, 'queued']),
    ]),
    hasPublished: false,
    launchedAt,
  });
  api.sweeps.set(DEMO, {
    id: DEMO,
    text: DEMO_TEXT,
    statuses: new Map(),
    hasPublished: false,
    launchedAt,
  });
  api.sweeps.set(PAPER, {
    id: PAPER,
    text: PAPER_TEXT,
    statuses: new Map<number, TrialStatus>([
      [5, 'failed'],
      [7, 'failed'],
      [8, 'failed'],
      [9, 'failed'],
      [30, 'queued'],
    ]),
    hasPublished: true,
    hasJava: true,
    launchedAt,
  });
  api.sweeps.set(MIXED, {
    id: MIXED,
    text: MIXED_TEXT,
    statuses: new Map(),
    hasPublished: false,
    isMixed: true,
    launchedAt,
  });
  api.sweeps.set(WASTEFUL, {
    id: WASTEFUL,
    text: WASTEFUL_TEXT,
    statuses: new Map(),
    hasPublished: false,
    launchedAt,
  });
}

/** Sweeps whose trials the trial page has something special to say of. */
export function fillWithSpecialTrials(api: FixtureApi): void {
  const sweep = { hasPublished: false, launchedAt: '2026-11-21T08:12:00.000Z' };
  api.sweeps.set(MEMBERS, {
    ...sweep,
    id: MEMBERS,
    text: MEMBERS_TEXT,
    statuses: new Map(),
    trainings: 'members',
  });
  api.pointsOf.set('members_1', rewards(72));
  api.sweeps.set(RETRIEVED, {
    ...sweep,
    id: RETRIEVED,
    text: RETRIEVED_TEXT,
    statuses: new Map(),
    trainings: 'retrieved',
  });
  api.pointsOf.set('retrieved_1', []);
  api.sweeps.set(ENDED, {
    ...sweep,
    id: ENDED,
    text: ENDED_TEXT,
    statuses: new Map<number, TrialStatus>([
      [1, 'failed'],
      [2, 'cancelled'],
    ]),
    trainings: 'ended',
  });
  api.pointsOf.set('ended_1', []);
}

/** A self-critical training that was best before its first update. */
function rewards(steps: number): Point[] {
  const validated = range(0, 4).map((index) => (index * steps) / 4);
  return [
    ...range(1, steps).map((step) => ({
      name: 'train/reward' as const,
      step,
      value: 0.8 + 0.1 * Math.sin(step),
    })),
    ...validated.flatMap((step) => [
      { name: 'val/perplexity' as const, step, value: 2.5 + step / 100 },
      { name: 'val/cider-d' as const, step, value: 1.05 - step / 1000 },
    ]),
  ];
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
