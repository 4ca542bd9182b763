/** The sweeps that the tests look at. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { TrialStatus } from '@capgrid/contracts';
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

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
