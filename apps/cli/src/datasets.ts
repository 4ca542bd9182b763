/** Puts a data set's manifest into the store and its name into the API. */
import {
  callApi,
  routes,
  type ApiClient,
  type Dataset,
  type DatasetManifest,
} from '@capgrid/contracts';
import { writeManifest, type FileStore } from '@capgrid/data';

export interface Registration {
  dataset: Dataset;
  /** The same data set was registered under this name before. */
  isKnown: boolean;
}

export async function registerDataset(
  client: ApiClient,
  store: FileStore,
  name: string,
  manifest: DatasetManifest,
): Promise<Registration> {
  const digest = await writeManifest(store, manifest);
  const known = (await callApi(client, routes.listDatasets)).find((entry) => entry.name === name);
  if (known?.digest === digest) return { dataset: known, isKnown: true };
  const dataset = await callApi(client, routes.registerDataset, { body: { name, digest } });
  return { dataset, isKnown: false };
}

export function describeDataset({ name, images, captions, quarantined }: Dataset): string {
  const { train, val, test } = images;
  const left = quarantined === 0 ? '' : `, ${quarantined} images quarantined`;
  return `${name}: ${train} train, ${val} val, ${test} test images, ${captions} captions${left}`;
}
