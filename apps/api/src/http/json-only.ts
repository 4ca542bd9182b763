/** Refuses bodies that the API would not read, rather than taking them as missing. */
import type { NextFunction, Request, Response } from 'express';
import { ProblemError } from '../problems/problem-error.js';
import { sendProblem } from '../problems/problem-filter.js';

export function jsonOnly(request: Request, response: Response, next: NextFunction): void {
  // `is` answers null without a body, but takes an announced length of 0 as one.
  const isOther = request.headers['content-length'] !== '0' && request.is('json') === false;
  if (!isOther) {
    next();
    return;
  }
  const type = request.headers['content-type'] ?? '';
  sendProblem(
    response,
    new ProblemError(
      415,
      'unsupported-media-type',
      `Content-Type "${type}" is not read here; send application/json.`,
    ),
  );
}
