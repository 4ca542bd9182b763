/**
 * A dataset as the importers write it. The manifest is one JSON file in the store; its SHA-256 is
 * the dataset's digest, so a changed caption or image is another dataset.
 */
import { z } from 'zod';
import { Split } from './decode-spec.js';
import { Sha256 } from './sha256.js';

export const SceneObject = z.strictObject({
  shape: z.string(),
  colour: z.string(),
  size: z.string(),
  /** Centre and radius in pixels of the square image. */
  x: z.number(),
  y: z.number(),
  radius: z.number(),
});
export type SceneObject = z.infer<typeof SceneObject>;

export const Caption = z.strictObject({
  raw: z.string(),
  /** Lower-case words without punctuation; what models read and write. */
  tokens: z.array(z.string().min(1)),
});
export type Caption = z.infer<typeof Caption>;

export const DatasetImage = z.strictObject({
  /** Unique in the dataset: `cocoid`, `imgid` or a running number, as text. */
  id: z.string().min(1),
  fileName: z.string().min(1),
  /** The image file's bytes, as imported. */
  sha256: Sha256,
  width: z.int().min(1),
  height: z.int().min(1),
  split: Split,
  captions: z.array(Caption).min(1),
  /** What was drawn; null for photographs. */
  objects: z.array(SceneObject).nullable(),
});
export type DatasetImage = z.infer<typeof DatasetImage>;

export const QuarantinedImage = z.strictObject({ fileName: z.string(), reason: z.string() });
export type QuarantinedImage = z.infer<typeof QuarantinedImage>;

export const DatasetManifest = z
  .strictObject({
    version: z.literal(1),
    /** How it came to be, e.g. `scenes seed 1` or `karpathy dataset_flickr8k.json`. */
    source: z.string(),
    images: z.array(DatasetImage).min(1),
    quarantined: z.array(QuarantinedImage),
  })
  .meta({ id: 'DatasetManifest' });
export type DatasetManifest = z.infer<typeof DatasetManifest>;

export const DatasetName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    'use 1 to 63 of a-z, 0-9, ".", "_", "-", starting with a letter or digit',
  )
  .meta({ id: 'DatasetName' });

export const RegisterDatasetRequest = z
  .strictObject({
    name: DatasetName,
    digest: Sha256,
    /** Without it, a name that stands for other content is refused. */
    replace: z.boolean().default(false),
  })
  .meta({ id: 'RegisterDatasetRequest' });
export type RegisterDatasetRequest = z.infer<typeof RegisterDatasetRequest>;

export const Dataset = z
  .strictObject({
    name: DatasetName,
    /** SHA-256 of the manifest file. */
    digest: Sha256,
    source: z.string(),
    images: z.strictObject({ train: z.int(), val: z.int(), test: z.int() }),
    captions: z.int(),
    quarantined: z.int(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Dataset' });
export type Dataset = z.infer<typeof Dataset>;

/** A layer plan (JSON) and its weights (safetensors), both files of the store. */
const PlanRegistration = z.strictObject({
  kind: z.literal('plan'),
  name: DatasetName,
  planSha256: Sha256,
  weightsSha256: Sha256,
});

/** Features that another program computed (safetensors), a file of the store. */
const FeaturesRegistration = z.strictObject({
  kind: z.literal('features'),
  name: DatasetName,
  precomputedSha256: Sha256,
});

export const RegisterEncoderRequest = z
  .discriminatedUnion('kind', [PlanRegistration, FeaturesRegistration])
  .meta({ id: 'RegisterEncoderRequest' });
export type RegisterEncoderRequest = z.infer<typeof RegisterEncoderRequest>;

const Registered = { createdAt: z.iso.datetime() };
export const Encoder = z
  .discriminatedUnion('kind', [
    PlanRegistration.extend(Registered),
    FeaturesRegistration.extend(Registered),
  ])
  .meta({ id: 'Encoder' });
export type Encoder = z.infer<typeof Encoder>;

/** Word vectors: an array (safetensors) and the words of its rows (JSON), both files of the store. */
export const RegisterVectorsRequest = z
  .strictObject({
    name: DatasetName,
    vectorsSha256: Sha256,
    wordsSha256: Sha256,
    words: z.int().min(1),
    /** Numbers of a vector. */
    width: z.int().min(1),
  })
  .meta({ id: 'RegisterVectorsRequest' });
export type RegisterVectorsRequest = z.infer<typeof RegisterVectorsRequest>;

export const WordVectors = RegisterVectorsRequest.extend({ createdAt: z.iso.datetime() }).meta({
  id: 'WordVectors',
});
export type WordVectors = z.infer<typeof WordVectors>;
