/** The typed way to call the API: one function, driven by the route table. */
import type { z } from 'zod';
import type { Route } from './routes.js';
import { Problem } from './sweep.js';

export type ApiClient = { baseUrl: string; fetch?: typeof fetch };

type Names<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Names<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

type Params<Path extends string> = [Names<Path>] extends [never]
  ? { params?: never }
  : { params: Record<Names<Path>, string> };
type Part<Key extends string, Schema extends z.ZodType> =
  undefined extends z.input<Schema>
    ? { [K in Key]?: z.input<Schema> }
    : object extends z.input<Schema>
      ? { [K in Key]?: z.input<Schema> }
      : { [K in Key]: z.input<Schema> };

type Input<R extends Route<z.ZodType, z.ZodType, z.ZodType>> = Params<R['path']> &
  Part<'body', R['body']> &
  Part<'query', R['query']> & { signal?: AbortSignal; headers?: Record<string, string> };

/** The same, for reading: what every route's input can hold. */
type LooseInput = {
  params?: Record<string, string>;
  body?: unknown;
  query?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
};

/** The API answered with a problem, or not at all. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    /** HTTP status; null when no answer came. */
    readonly status: number | null,
    readonly code: string,
    message: string,
    readonly problem: Problem | null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Calls one route and checks its answer.
 * @throws ApiError for every answer that is not 2xx, for no answer, and for one of another shape
 */
export async function callApi<A extends z.ZodType, R extends Route<z.ZodType, z.ZodType, A>>(
  client: ApiClient,
  route: R & { answer: A },
  ...[input]: object extends Input<R> ? [Input<R>?] : [Input<R>]
): Promise<z.output<A>> {
  const { params, body, query, signal, headers }: LooseInput = { ...input };
  const url = new URL(fillPath(route.path, params ?? {}), client.baseUrl);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const { response, text } = await send(client, url, {
    method: route.method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (!response.ok) throw toApiError(response, text);
  return parseAnswer(route, response, text);
}

/** `/api/sweeps/:sweepId` with its parameters, encoded. */
export function fillPath(path: string, params: Record<string, string>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new TypeError(`${path} needs the parameter ${name}`);
    return encodeURIComponent(value);
  });
}

/** The whole answer: an API that is killed while it answers has given none. */
async function send(
  client: ApiClient,
  url: URL,
  init: RequestInit,
): Promise<{ response: Response; text: string }> {
  try {
    const response = await (client.fetch ?? fetch)(url, init);
    return { response, text: await response.text() };
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'AbortError') throw cause;
    const message = `no answer from ${url.origin}; is it running? (./capgrid up)`;
    throw new ApiError(null, 'no-answer', message, null, { cause });
  }
}

function toApiError(response: Response, text: string): ApiError {
  const problem = Problem.safeParse(parseJson(text));
  if (problem.success) {
    return new ApiError(response.status, problem.data.code, problem.data.detail, problem.data);
  }
  const message = `${response.url} answered ${response.status} ${response.statusText}`;
  return new ApiError(response.status, 'unexpected-answer', message, null);
}

function parseAnswer<A extends z.ZodType>(
  route: Route<z.ZodType, z.ZodType, A>,
  response: Response,
  text: string,
): z.output<A> {
  const parsed = route.answer.safeParse(text === '' ? null : parseJson(text));
  if (parsed.success) return parsed.data;
  const fault = parsed.error.issues[0];
  const message = `${route.method} ${route.path} answered with another shape: ${fault?.path.join('.')}: ${fault?.message}; run the API and what calls it from the same release`;
  throw new ApiError(response.status, 'unexpected-answer', message, null);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
