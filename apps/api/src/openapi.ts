/** The OpenAPI document, built from the zod schemas of the contracts. */
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { VERSION } from './version.js';

export function buildOpenApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    // The form in which Nest asks zod for JSON schemas.
    .setOpenAPIVersion('3.0.3')
    .setTitle('Capgrid API')
    .setDescription(
      'Launches image-captioning ablation sweeps and tells of their trials. Errors are RFC 9457 problems with a stable code.',
    )
    .setVersion(VERSION)
    .build();
  return SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) =>
      `${controller.replace(/Controller$/, '').toLowerCase()}_${method}`,
  });
}

/** Serves `/api/openapi.json` and, for people, `/api/docs`. */
export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup('api/docs', app, () => buildOpenApi(app), {
    jsonDocumentUrl: 'api/openapi.json',
    raw: ['json'],
  });
}
