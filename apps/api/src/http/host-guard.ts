/**
 * Answers only under its own names. A page on another site can make a browser send requests to a
 * loopback address (DNS rebinding, cross-site forms); those carry a foreign Host or Origin.
 */
import type { NextFunction, Request, Response } from 'express';
import type { Env } from '../env.js';
import { ProblemError } from '../problems/problem-error.js';
import { sendProblem } from '../problems/problem-filter.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const WILDCARDS = ['0.0.0.0', '::', '[::]'];

export function hostGuard(env: Pick<Env, 'host' | 'allowedHosts'>) {
  const own = WILDCARDS.includes(env.host) ? [] : [env.host.toLowerCase()];
  const names = new Set([...LOOPBACK, ...own, ...env.allowedHosts]);
  return (request: Request, response: Response, next: NextFunction): void => {
    const host = hostName(`http://${request.headers.host ?? ''}`);
    const origin = request.headers.origin;
    if (host === null || !names.has(host)) {
      sendProblem(response, refused('Host', request.headers.host ?? ''));
    } else if (origin !== undefined && !names.has(hostName(origin) ?? '')) {
      sendProblem(response, refused('Origin', origin));
    } else if (request.method !== 'GET' && request.headers['sec-fetch-site'] === 'cross-site') {
      sendProblem(response, refused('Sec-Fetch-Site', 'cross-site'));
    } else {
      next();
    }
  };
}

function refused(header: string, value: string): ProblemError {
  return new ProblemError(
    403,
    'host-not-allowed',
    `${header} "${value}" is not a name of this API; add the host name to API_ALLOWED_HOSTS if it should be.`,
  );
}

/** Without port, in lower case; null for what is no host. */
function hostName(url: string): string | null {
  try {
    const { hostname } = new URL(url);
    return hostname === '' ? null : hostname;
  } catch {
    return null;
  }
}
