/** The captioners of the training benchmark by name. */
import { arnn } from './arnn.js';
import type { Captioner } from './captioner.js';
import { fcn } from './fcn.js';
import { sat } from './sat.js';

export const MODEL_NAMES = ['arnn', 'sat', 'fcn'] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

export const CAPTIONERS: Readonly<Record<ModelName, Captioner>> = { arnn, sat, fcn };
