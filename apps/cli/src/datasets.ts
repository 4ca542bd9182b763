/** Puts a dataset's manifest into the store and its name into the API. */
import {
  ApiError,
  callApi,
  routes,
  type ApiClient,
  type Dataset,
  type DatasetManifest,
} from '@capgrid/contracts';
import { writeManifest, type FileStore } from '@capgrid/data';
import { CliError } from './cli-error.js';

export interface Registration {
  dataset: Dataset;
  /** The same dataset was registered under this name before. */
  isKnown: boolean;
}

export interface RegisterOptions {
  client: ApiClient;
  store: FileStore;
  name: string;
  /** When the name stands for other content: take its place. */
  replace: boolean;
  /** What the user can do when it may not, as the end of a sentence. */
  remedy: string;
}

export const REPLACE_REMEDY = 'choose another name with --name, or add --replace';

/** @throws CliError `dataset-exists` when the name stands for other content and is not replaced */
export async function registerDataset(
  manifest: DatasetManifest,
  { client, store, name, replace, remedy }: RegisterOptions,
): Promise<Registration> {
  const digest = await writeManifest(store, manifest);
  const known = (await callApi(client, routes.listDatasets)).find((entry) => entry.name === name);
  if (known?.digest === digest) return { dataset: known, isKnown: true };
  try {
    const body = { name, digest, replace };
    return { dataset: await callApi(client, routes.registerDataset, { body }), isKnown: false };
  } catch (cause) {
    if (!(cause instanceof ApiError) || cause.code !== 'dataset-exists') throw cause;
    const message = `The name "${name}" stands for another dataset already: ${remedy}.`;
    throw new CliError('dataset-exists', message, { cause });
  }
}

export function describeDataset({ name, images, captions, quarantined }: Dataset): string {
  const { train, val, test } = images;
  const left = quarantined === 0 ? '' : `, ${quarantined} images quarantined`;
  return `${name}: ${train} train, ${val} val, ${test} test images, ${captions} captions${left}`;
}
