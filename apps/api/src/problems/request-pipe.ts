/** Checks bodies and queries against the schema named at the parameter. */
import { readPath, toSpecIssue, type SpecIssue } from '@capgrid/contracts';
import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { invalidRequest } from './problem-error.js';

@Injectable()
export class RequestPipe implements PipeTransform {
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const { schema } = metadata;
    if (!(schema instanceof z.ZodType)) return value;
    // `reportInput`, which Nest's own pipe cannot pass on, lets a fault name the offending value.
    const parsed = schema.safeParse(value, { reportInput: true });
    if (!parsed.success)
      throw invalidRequest(parsed.error.issues.map((issue) => asWritten(issue, value)));
    return parsed.data;
  }
}

/** The numbers of a query are read from text; where it is none, NaN was not what the user wrote. */
function asWritten(issue: z.core.$ZodIssue, request: unknown): SpecIssue {
  if (issue.code !== 'invalid_type' || !Number.isNaN(issue.input)) return toSpecIssue(issue);
  const told = toSpecIssue({ ...issue, input: readPath(request, issue.path.map(String)) });
  return { ...told, message: `Invalid input: expected number, received ${told.value}` };
}
