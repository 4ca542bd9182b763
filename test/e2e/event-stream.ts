/** Reads server-sent events of the API, one after the other. */
import { eventRoutes, fillPath, Point } from '@capgrid/contracts';

/** The points of a training, in the order in which the API tells of them. Ends with the stream. */
export async function* followPoints(
  apiUrl: string,
  trainingId: string,
): AsyncGenerator<Point, void> {
  const path = fillPath(eventRoutes.trainingEvents, { trainingId });
  for await (const line of readLines(new URL(path, apiUrl))) {
    if (!line.startsWith('data: ')) continue;
    yield* Point.array().parse(JSON.parse(line.slice('data: '.length)));
  }
}

/** Reads on where it stopped before; what follows the match is left for the next call. */
export async function readUntil(
  points: AsyncGenerator<Point, void>,
  isWanted: (point: Point) => boolean,
): Promise<Point[]> {
  const seen: Point[] = [];
  for (;;) {
    const next = await points.next();
    if (next.done === true) throw new Error(`the stream ended after ${seen.length} points`);
    seen.push(next.value);
    if (isWanted(next.value)) return seen;
  }
}

async function* readLines(url: URL): AsyncGenerator<string, void> {
  const response = await fetch(url);
  if (!response.ok || response.body === null) throw new Error(`${url.href}: ${response.status}`);
  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
