/** Reads server-sent events of the API, one after the other. */
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { eventRoutes, fillPath, Point } from '@capgrid/contracts';
import { z } from 'zod';

/** The points of a training, in the order in which the API tells of them. Ends with the stream. */
export async function* followPoints(
  apiUrl: string,
  trainingId: string,
  signal: AbortSignal,
): AsyncGenerator<Point, void> {
  const path = fillPath(eventRoutes.trainingEvents, { trainingId });
  for await (const data of readEvents(new URL(path, apiUrl), signal)) {
    yield* z.array(Point).parse(JSON.parse(data));
  }
}

async function* readEvents(url: URL, signal: AbortSignal): AsyncGenerator<string, void> {
  const response = await fetch(url, { signal });
  if (!response.ok || response.body === null) throw new Error(`${url.href}: ${response.status}`);
  const input = Readable.fromWeb(response.body as ReadableStream);
  for await (const line of createInterface({ input })) {
    if (line.startsWith('data: ')) yield line.slice('data: '.length);
  }
}
