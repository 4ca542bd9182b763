/** The file a user writes: a base, factors to vary, and rules about the cells. */
import { z } from 'zod';
import { DatasetName } from './dataset.js';
import { PRESET_NAMES } from './presets/preset.js';
import { ScoreName } from './scores.js';

/** A dotted path into a trial, e.g. `model.attention.kind` or `decode.beam`. */
export const FactorPath = z
  .string()
  .regex(
    /^(encoder|data|model|optimizer|schedule|decode)(\.[a-zA-Z0-9]+)+$/,
    'use a dotted path that starts with encoder, data, model, optimizer, schedule or decode, e.g. "model.attention.kind"',
  );

export const FactorValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type FactorValue = z.infer<typeof FactorValue>;

/** Values that the named factors have in a cell. */
export const Assignment = z.record(FactorPath, FactorValue).meta({ id: 'Assignment' });
export type Assignment = z.infer<typeof Assignment>;

/** Factors and the values each takes. */
const Factors = z.record(FactorPath, z.array(FactorValue).min(1).max(1000));

const When = z
  .strictObject({
    /** Cells with these values … */
    if: Assignment,
    /** … get these values … */
    set: Assignment.optional(),
    /** … and are crossed with these factors. */
    grid: Factors.optional(),
  })
  .refine((rule) => rule.set !== undefined || rule.grid !== undefined, 'needs "set" or "grid"');

/** A printed table without its rows. */
const TableHead = z
  .strictObject({
    title: z.string().min(1),
    /** Where it can be read. */
    url: z.url(),
    /** What the numbers were measured on. */
    data: z.string().min(1),
    /**
     * What that dataset is called here, e.g. `coco`, by itself or as a word of a longer name. Of several
     * rows that agree with a cell, those of the sweep's dataset count; without it, they are of any.
     */
    dataset: DatasetName.optional(),
    /** What a reader should know before comparing with it. */
    notes: z.array(z.string().min(1)),
  })
  .meta({ id: 'TableHead' });

/**
 * A row of a printed table, laid beside the cells it matches; null: it is of a method that no cell can
 * be. Scores as measured, not times 100.
 */
export const PublishedRow = z
  .strictObject({
    /** Where it is printed, e.g. `Bazzani et al. 2018, Table 2, MLP`. */
    source: z.string().min(1),
    match: Assignment.nullable(),
    scores: z.partialRecord(ScoreName, z.number()),
    /** What a reader should know of this row. */
    note: z.string().min(1).optional(),
    /** The table it is printed in; the API adds that of a named table. */
    table: TableHead.optional(),
  })
  .meta({ id: 'PublishedRow' });
export type PublishedRow = z.infer<typeof PublishedRow>;

/** A file of `published/` by its name, e.g. `bazzani-2018-table-1`: all its rows. */
const PublishedName = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'use the name of a file of published/ without ".json"')
  .max(100);

/** A printed table, as a file of `published/` has it. */
export const PublishedTable = TableHead.extend({
  rows: z
    .array(PublishedRow.omit({ table: true }))
    .min(1)
    .max(1000),
}).meta({ id: 'PublishedTable' });
export type PublishedTable = z.infer<typeof PublishedTable>;

/** Nested options of a trial; checked against `TrialSpec` when the sweep is expanded. */
const Base = z.record(
  z.enum(['encoder', 'data', 'model', 'optimizer', 'schedule', 'decode']),
  z.record(z.string(), z.json()),
);

/** The lengths are bounded, as a preview compares every cell with every rule. */
export const SweepSpec = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(100)
      .regex(
        /^[^\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]*$/u,
        'has a line break, a control character or one that turns the direction of text; remove it',
      ),
    description: z
      .string()
      .max(2000)
      .refine((text) => !text.includes('\0'), 'has a NUL character; remove it')
      .optional(),
    /** Name of an imported dataset. */
    dataset: DatasetName,
    /** Options below those of `base`. */
    preset: z.enum(PRESET_NAMES).optional(),
    base: z.partialRecord(Base.keyType, Base.valueType).default({}),
    /** Factors that are crossed: every value with every other. */
    grid: Factors.default({}),
    /** Groups of factors that vary together: the first values, the second values, … */
    zip: z.array(Factors).max(20).default([]),
    /** Rules for some cells only, applied in order. */
    when: z.array(When).max(20).default([]),
    /** Cells with these values are left out. */
    exclude: z.array(Assignment).max(100).default([]),
    seeds: z.array(z.int().min(0)).min(1).max(1000).default([1]),
    /** The API puts the rows of a table in the place of its name. */
    published: z
      .array(z.union([PublishedName, PublishedRow]))
      .max(1000)
      .default([]),
  })
  .meta({ id: 'SweepSpec' });
export type SweepSpec = z.infer<typeof SweepSpec>;
/** A sweep as written, before defaults are filled in. */
export type SweepSpecInput = z.input<typeof SweepSpec>;
