/** Turns a route of the contracts into a controller method with its documentation. */
import { Problem, type Route } from '@capgrid/contracts';
import { applyDecorators, Get, HttpCode, Post } from '@nestjs/common';
import { ApiDefaultResponse, ApiParam, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';

type AnyRoute = Route<z.ZodType, z.ZodType, z.ZodType>;

/** `creates`: answers 201 instead of 200. */
export function Endpoint(route: AnyRoute, { creates = false } = {}): MethodDecorator {
  const isEmpty = route.answer instanceof z.ZodNull;
  const status = isEmpty ? 204 : creates ? 201 : 200;
  const names = [...route.path.matchAll(/:(\w+)/g)].flatMap((match) => match[1] ?? []);
  return applyDecorators(
    route.method === 'GET' ? Get(route.path) : Post(route.path),
    HttpCode(status),
    ...names.map((name) => ApiParam({ name, type: String })),
    ApiResponse(isEmpty ? { status } : { status, standardSchema: route.answer }),
    ApiDefaultResponse({ description: 'RFC 9457 problem', standardSchema: Problem }),
  );
}
