/** An error that is an answer: RFC 9457 with a stable code. */
import type { Problem, SpecIssue } from '@capgrid/contracts';

const TITLES: Record<number, string> = {
  400: 'Bad request',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Unprocessable',
  429: 'Too many requests',
  499: 'Client gone',
  500: 'Internal error',
  503: 'Unavailable',
};

export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  constructor(
    readonly status: number,
    readonly code: string,
    /** Names the offending value and what to do. */
    detail: string,
    readonly issues: SpecIssue[] = [],
  ) {
    super(detail);
  }

  toProblem(): Problem {
    return {
      type: `urn:capgrid:problem:${this.code}`,
      title: TITLES[this.status] ?? 'Error',
      status: this.status,
      detail: this.message,
      code: this.code,
      ...(this.issues.length > 0 && { issues: this.issues }),
    };
  }
}

/** E.g. `notFound('sweep', 'swp_x')`. */
export function notFound(noun: string, id: string): ProblemError {
  return new ProblemError(404, `${noun}-not-found`, `There is no ${noun} "${id}".`);
}

export function invalidRequest(issues: SpecIssue[]): ProblemError {
  const first = issues[0];
  const where = first === undefined || first.path === '' ? '' : `${first.path}: `;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return new ProblemError(
    400,
    'invalid-request',
    `${where}${first?.message ?? 'the request is not valid'}${more}`,
    issues,
  );
}
