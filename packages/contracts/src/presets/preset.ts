/**
 * Presets: options of the same origin under one name. A sweep lays its `base` over them. Families
 * that a preset does not name keep their own defaults.
 */
import type { z } from 'zod';
import type { DecodeSpec } from '../decode-spec.js';
import type { ArnnSpec } from '../model/arnn.js';
import type { FcnSpec } from '../model/fcn.js';
import type { SatSpec } from '../model/sat.js';
import type { ScheduleSpec } from '../schedule-spec.js';
import type { DataSpec, OptimizerSpec } from '../training-spec.js';
import { PAPER } from './paper.js';
import { SOCKEYE57 } from './sockeye57.js';

export type Preset = {
  data: z.input<typeof DataSpec>;
  optimizer: z.input<typeof OptimizerSpec>;
  schedule: z.input<typeof ScheduleSpec>;
  decode: z.input<typeof DecodeSpec>;
  /** By decoder, as options of one name differ between them. */
  model: {
    arnn: Omit<z.input<typeof ArnnSpec>, 'decoder'>;
    sat: Omit<z.input<typeof SatSpec>, 'decoder'>;
    fcn: Omit<z.input<typeof FcnSpec>, 'decoder'>;
  };
};

export const PRESET_NAMES = ['paper', 'sockeye57'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

const PRESETS: Readonly<Record<PresetName, Preset>> = { paper: PAPER, sockeye57: SOCKEYE57 };

/** The options of a preset for cells of one decoder, nested as in the `base` of a sweep. */
export function presetOptions(name: PresetName, decoder: unknown) {
  const { model, ...options } = PRESETS[name];
  const own = Object.entries(model).find(([kind]) => kind === decoder)?.[1];
  return { ...options, model: { ...own } };
}
