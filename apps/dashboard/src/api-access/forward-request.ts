/**
 * Passes a request of the browser on to the API and streams the answer back. Done here and not by a
 * rewrite of Next, whose target is fixed at build time and whose answer without an API is a bare 500.
 */
import type { Problem } from '@capgrid/contracts';
import type { Env } from '../env';
import { describeForeignHost, isOwnHost } from './own-host';

/** Headers that belong to one connection, or that `fetch` sets itself (RFC 9110, section 7.6.1). */
const OWN_HEADERS = [
  'connection',
  'content-encoding',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
];

export async function forwardRequest(
  request: Request,
  { API_URL: apiUrl, DASHBOARD_ALLOWED_HOSTS: allowedHosts }: Omit<Env, 'CAPGRID_SWEEPS'>,
): Promise<Response> {
  const host = request.headers.get('host');
  if (!isOwnHost(host, allowedHosts)) {
    return problem(403, 'host-not-allowed', describeForeignHost(host));
  }
  if (isForeignWrite(request)) {
    return problem(403, 'cross-site-request', 'This page of another site may not change anything.');
  }
  const { pathname, search } = new URL(request.url);
  const target = new URL(`${pathname}${search}`, apiUrl);
  try {
    const answer = await fetch(target, {
      method: request.method,
      headers: withoutOwnHeaders(request.headers),
      redirect: 'manual',
      cache: 'no-store',
      // A closed tab ends the request to the API too; event streams would pile up otherwise.
      signal: request.signal,
      ...(request.method === 'POST' ? { body: await request.arrayBuffer() } : {}),
    });
    const headers = withoutOwnHeaders(answer.headers);
    headers.set('x-content-type-options', 'nosniff');
    return new Response(answer.body, { status: answer.status, headers });
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 });
    const reason = error instanceof Error ? error.message : String(error);
    return problem(
      502,
      'api-unreachable',
      `No answer from the API at ${apiUrl} (${reason}). Is it running? Start it with: ./capgrid up`,
    );
  }
}

/** A form of another site can send a POST without asking; browsers say where it came from. */
function isForeignWrite(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site');
  return request.method !== 'GET' && site !== null && site !== 'same-origin' && site !== 'none';
}

function withoutOwnHeaders(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const name of OWN_HEADERS) kept.delete(name);
  return kept;
}

function problem(status: number, code: string, detail: string): Response {
  const body: Problem = { type: 'about:blank', title: code, status, detail, code };
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  });
}
