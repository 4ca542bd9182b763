/** Checks bodies and queries against the schema named at the parameter. */
import { toSpecIssue } from '@capgrid/contracts';
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
    if (!parsed.success) throw invalidRequest(parsed.error.issues.map(toSpecIssue));
    return parsed.data;
  }
}
