/**
 * Writes apps/api/openapi.json, or with `--check` fails when the committed file is not what the
 * sources say. Needs no database: Nest only looks at the classes.
 */
import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { Env } from './env.js';
import { buildOpenApi } from './openapi.js';
import { PLAIN_SCORING } from './scoring/scoring.js';
import { stableJson } from './stable-json.js';

const FILE = fileURLToPath(new URL('../openapi.json', import.meta.url));

const env = Env.parse({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
const app = await NestFactory.create(AppModule.register(env, PLAIN_SCORING), {
  preview: true,
  logger: ['error'],
});
const text = stableJson(buildOpenApi(app));
if (process.argv.includes('--check')) {
  const committed = await readFile(FILE, 'utf8').catch(() => null);
  if (committed !== text) {
    console.error(
      'apps/api/openapi.json is not what the sources say; run "npm run openapi" and commit the file.',
    );
    process.exitCode = 1;
  }
} else {
  await writeFile(FILE, text);
  console.error(`wrote ${FILE}`);
}
