/** Features of synthetic scenes from a trained net, and how well it reads them. */
import { argMax, split, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { SceneObject } from '@capgrid/contracts';
import { assertEngine, type Engine } from '../engine.js';
import { joinFeatures } from '../features.js';
import { disposeAll, toVariables, type NamedArray } from '../parameters.js';
import { answerCounts, cellAnswers, type SceneQuestions } from './scene-labels.js';
import { scenesFeatures, scenesLogits, standardised, toPatches } from './scenes-network.js';

/** Images on the engine at once. */
const BATCH = 16;

/** `images`: RGB bytes [n, imageSize, imageSize, 3]. Returns [n, regions, channels], standardised. */
export async function encodeScenes(
  engine: Engine,
  weights: readonly NamedArray[],
  images: Uint8Array,
  imageSize: number,
): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  await overBatches(engine, weights, images, imageSize, async (features, variables) => {
    const scaled = tidy(() => standardised(variables, features));
    parts.push(Float32Array.from(await scaled.data<'float32'>()));
    scaled.dispose();
  });
  return joinFeatures(parts);
}

export interface CellAccuracy {
  /** Share of cells with shape, colour and size all right ("no object" included). */
  readonly cells: number;
  /** The same over the cells that hold an object. */
  readonly objects: number;
}

/** Reads the cells of `images` and compares them with their objects. */
export async function measureScenesEncoder(
  engine: Engine,
  weights: readonly NamedArray[],
  questions: SceneQuestions,
  images: Uint8Array,
  labels: readonly (readonly SceneObject[])[],
  imageSize: number,
): Promise<CellAccuracy> {
  const truth = labels.flatMap((objects) => cellAnswers(objects, questions));
  let cell = 0;
  let right = 0;
  let objects = 0;
  let rightObjects = 0;
  await overBatches(engine, weights, images, imageSize, async (features, variables) => {
    const answers = tidy(() =>
      split<Tensor>(scenesLogits(variables, features), answerCounts(questions), 1)
        .slice(0, 3)
        .map((part) => argMax<Tensor>(part, 1)),
    );
    const given = await Promise.all(answers.map((part) => part.data()));
    for (const part of answers) part.dispose();
    const count = given[0]?.length ?? 0;
    for (let i = 0; i < count; i += 1, cell += 1) {
      const expected = truth[cell];
      const isRight = given.every((part, question) => part[i] === expected?.[question]);
      const isObject = (expected?.[0] ?? 0) > 0;
      right += isRight ? 1 : 0;
      objects += isObject ? 1 : 0;
      rightObjects += isRight && isObject ? 1 : 0;
    }
  });
  return { cells: right / cell, objects: rightObjects / objects };
}

async function overBatches(
  engine: Engine,
  weights: readonly NamedArray[],
  images: Uint8Array,
  imageSize: number,
  use: (features: Tensor, variables: ReadonlyMap<string, Tensor>) => Promise<void>,
): Promise<void> {
  assertEngine(engine);
  const imageBytes = imageSize * imageSize * 3;
  const variables = toVariables(weights);
  try {
    for (let start = 0; start < images.length; start += BATCH * imageBytes) {
      const pixels = images.subarray(start, start + BATCH * imageBytes);
      const features = tidy(() =>
        scenesFeatures(variables, toPatches(pixels, pixels.length / imageBytes, imageSize)),
      );
      await use(features, variables);
      features.dispose();
    }
  } finally {
    disposeAll(variables);
  }
}
