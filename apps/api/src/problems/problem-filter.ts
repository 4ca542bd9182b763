/** Every error leaves the API as an RFC 9457 problem; unexpected ones are logged, not told. */
import { STATUS_CODES } from 'node:http';
import { SweepTooLargeError } from '@capgrid/contracts';
import {
  Catch,
  HttpException,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { QueryFailedError } from 'typeorm';
import { ProblemError } from './problem-error.js';

@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('problem');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const problem = toProblemError(error, request);
    if (problem.status >= 500) {
      const stack = error instanceof Error ? error.stack : String(error);
      const { method, path } = request;
      this.logger.error({ event: 'request.failed', method, path, code: problem.code, stack });
    }
    if (response.headersSent) {
      // Half an answer is out (an event stream): all that is left is to end it.
      response.end();
      return;
    }
    sendProblem(response, problem);
  }
}

export function sendProblem(response: Response, error: ProblemError): void {
  response.status(error.status).type('application/problem+json').json(error.toProblem());
}

function toProblemError(error: unknown, request: Request): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof SweepTooLargeError) return new ProblemError(400, error.code, error.message);
  if (error instanceof HttpException) {
    return fromStatus(error.getStatus(), error.message, request);
  }
  if (error instanceof QueryFailedError && isUnstorable(error)) {
    return new ProblemError(
      400,
      'unstorable-value',
      `The request has a value that cannot be stored: ${error.message}.`,
    );
  }
  const status = clientStatus(error);
  if (status !== null && error instanceof Error) return fromStatus(status, error.message, request);
  return new ProblemError(500, 'internal-error', 'The API failed; its log says why.');
}

function fromStatus(status: number, message: string, request: Request): ProblemError {
  if (status === 404) {
    return new ProblemError(404, 'no-such-route', `There is no ${request.method} ${request.path}.`);
  }
  if (status === 413) {
    return new ProblemError(413, 'body-too-large', 'The body is larger than 2 MB; send less.');
  }
  if (status === 400) return new ProblemError(400, 'invalid-request', message);
  if (status >= 500) return new ProblemError(status, 'internal-error', 'The API failed.');
  const code = (STATUS_CODES[status] ?? 'error').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return new ProblemError(status, code, message);
}

/** A number outside its column's range, or a text with a NUL character. */
function isUnstorable({ driverError }: QueryFailedError): boolean {
  const codes = ['22003', '22021', '22P05'];
  return 'code' in driverError && codes.includes(String(driverError.code));
}

/** Errors of the body parser carry their HTTP status. */
function clientStatus(error: unknown): number | null {
  if (!(error instanceof Error) || !('status' in error)) return null;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}
