/** docker-compose.yml is read, not run: it must fit the Dockerfile, the workspaces and the apps. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Env as ApiEnv } from '../apps/api/src/env.js';
import { readEnv as readTrainerEnv } from '../apps/trainer/src/env.js';

interface Service {
  build?: { context: string; dockerfile: string; target: string };
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  profiles?: string[];
  deploy?: { resources: { reservations: { devices: object[] } } };
}

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, null>;
};
const services = Object.entries(compose.services);
const dockerfile = read('docker/Dockerfile');

describe('docker-compose.yml', () => {
  it('has every part once, and a trainer with a GPU in its own profile', () => {
    expect(Object.keys(compose.services)).toEqual([
      'postgres',
      'redis',
      'api',
      'dashboard',
      'trainer',
      'trainer-gpu',
      'cli',
    ]);
    expect(compose.services['trainer-gpu']).toMatchObject({
      profiles: ['gpu'],
      deploy: {
        resources: {
          reservations: { devices: [{ driver: 'nvidia', count: 1, capabilities: ['gpu'] }] },
        },
      },
    });
    expect(compose.services['trainer']?.profiles).toBeUndefined();
  });

  it('publishes ports on 127.0.0.1 only, while the API has no keys', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports).toEqual(['127.0.0.1:7420:7420', '127.0.0.1:7421:7421']);
    expect(compose.services['api']?.environment?.['API_HOST']).toBe('0.0.0.0');
  });

  it('builds only targets that the Dockerfile has', () => {
    const targets = [...dockerfile.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, name]) => name);
    const built = services.flatMap(([, { build }]) => (build === undefined ? [] : [build]));
    expect(built.map(({ target }) => target)).toEqual([
      'api',
      'dashboard',
      'trainer',
      'trainer-gpu',
      'cli',
    ]);
    for (const { context, dockerfile: file, target } of built) {
      expect(existsSync(join(root, context, file))).toBe(true);
      expect(targets).toContain(target);
    }
  });

  it('names only hosts, volumes and dependencies that exist', () => {
    for (const [, service] of services) {
      for (const name of Object.keys(service.depends_on ?? {})) {
        expect(Object.keys(compose.services)).toContain(name);
      }
      for (const volume of service.volumes ?? []) {
        expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
      }
      for (const [name, value] of Object.entries(service.environment ?? {})) {
        if (!name.endsWith('_URL')) continue;
        const url = new URL(value.replaceAll(/\$\{[^}]*\}/g, 'secret'));
        expect(Object.keys(compose.services)).toContain(url.hostname);
      }
    }
  });

  it('gives API and trainers the same queue and the same file store', () => {
    const apps = ['api', 'trainer', 'trainer-gpu', 'cli'].map((name) => compose.services[name]);
    const queues = apps.flatMap((app) => app?.environment?.['QUEUE_URL'] ?? []);
    expect(queues).toEqual(Array(3).fill('redis://redis:6379'));
    for (const app of apps) {
      expect(app?.volumes).toEqual([`store:${app?.environment?.['CAPGRID_HOME']}`]);
    }
  });
});

describe('docker/Dockerfile', () => {
  it('copies the manifest of every workspace before it installs', () => {
    const manifests = ['packages', 'apps'].flatMap((folder) =>
      readdirSync(join(root, folder)).map((name) => `${folder}/${name}/package.json`),
    );
    const copied = [...dockerfile.matchAll(/^COPY (\S+\/package\.json) \S+$/gm)].map(
      ([, path]) => path,
    );
    expect(new Set(copied)).toEqual(new Set([...manifests, 'test/package.json']));
  });

  it('runs no part as root', () => {
    for (const part of ['api', 'trainer', 'trainer-gpu', 'dashboard', 'cli']) {
      const stage = dockerfile.split(`FROM runtime AS ${part}\n`)[1]?.split('\nFROM ')[0];
      expect(stage).toContain('\nUSER node\n');
    }
  });
});

// Each app parses its environment by one schema, so a misspelt name would be ignored silently.
describe('the environment in docker-compose.yml', () => {
  const environmentOf = (name: string): Record<string, string> =>
    Object.fromEntries(
      Object.entries(compose.services[name]?.environment ?? {}).map(([key, value]) => [
        key,
        value.replaceAll(/\$\{[^}]*\}/g, 'secret'),
      ]),
    );

  it.for(['api', 'trainer', 'dashboard', 'cli'])('has only names that the %s reads', (app) => {
    const source = read(`apps/${app}/src/env.ts`);
    for (const name of Object.keys(environmentOf(app))) {
      expect(source).toMatch(new RegExp(`\\b${name}: `));
    }
  });

  it('is accepted by the API and lets the other containers call it by its name', () => {
    const env = ApiEnv.parse(environmentOf('api'));
    expect(env).toMatchObject({ host: '0.0.0.0', port: 7420, allowedHosts: ['api'] });
    expect(env.queueUrl).toBe('redis://redis:6379');
  });

  it.for(['trainer', 'trainer-gpu'])('is accepted by the %s', (name) => {
    expect(readTrainerEnv(environmentOf(name))).toMatchObject({
      env: { API_URL: 'http://api:7420', TRAINER_CONCURRENCY: 1 },
    });
  });
});
