import { callApi, routes } from '@capgrid/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JPEG, manifestOf, putFile, registerScenes, sha256Of } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';
import { sniffImage } from './images.service.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const register = (digest: string, name = 'scenes') =>
  callApi(api.client, routes.registerDataset, { body: { name, digest } });
const image = (sha256: string): Promise<Response> =>
  fetch(`${api.client.baseUrl}/api/images/${sha256}`);

describe('registering', () => {
  test('counts what the manifest says; other content replaces it on request', async () => {
    const digest = await registerScenes(api, 'scenes seed 1');
    const [first] = await callApi(api.client, routes.listDatasets);
    expect(first).toMatchObject({
      name: 'scenes',
      digest,
      source: 'scenes seed 1',
      images: { train: 1, val: 1, test: 1 },
      captions: 3,
      quarantined: 0,
    });
    const second = await registerScenes(api, 'scenes seed 2');
    const listed = await callApi(api.client, routes.listDatasets);
    expect(listed.map((dataset) => dataset.digest)).toEqual([second]);
  });

  test('a known name with other content is refused; with the same it is registered again', async () => {
    const known = await registerScenes(api, 'scenes seed 3');
    const manifest = JSON.stringify(manifestOf('scenes seed 4', await putFile(api, JPEG)));
    const other = await putFile(api, manifest);
    await expect(register(other)).rejects.toMatchObject({
      status: 409,
      code: 'dataset-exists',
      message: `Dataset "scenes" exists with other content (${known.slice(0, 12)}, not ${other.slice(0, 12)}); choose another name, or replace it: --replace`,
    });
    expect((await register(known)).digest).toBe(known);
    const replaced = await callApi(api.client, routes.registerDataset, {
      body: { name: 'scenes', digest: other, replace: true },
    });
    expect(replaced.digest).toBe(other);
  });

  test('of two contents registered at once under a new name, one is refused', async () => {
    const image = await putFile(api, JPEG);
    const digests = await Promise.all(
      ['a', 'b'].map((source) => putFile(api, JSON.stringify(manifestOf(source, image)))),
    );
    const answers = await Promise.allSettled(digests.map((digest) => register(digest, 'race')));
    expect(answers.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('a digest that the store does not have is refused with the path and what to do', async () => {
    const digest = sha256Of('nowhere');
    await expect(register(digest)).rejects.toMatchObject({
      status: 400,
      code: 'manifest-missing',
      message: expect.stringMatching(new RegExp(`/store/objects/../${digest}; import the dataset`)),
    });
  });

  test.each([
    ['no JSON', 'hello'],
    ['another file', '{"version":2}'],
  ])('%s is no manifest', async (_what, content) => {
    await expect(register(await putFile(api, content))).rejects.toMatchObject({
      status: 400,
      code: 'not-a-manifest',
    });
  });

  test.each(['../etc', 'a/b', '..\\..\\x', 'Ä', '', '%2e%2e%2f', 'x'.repeat(64)])(
    'the name %j is refused',
    async (name) => {
      await expect(register(sha256Of('x'), name)).rejects.toMatchObject({ status: 400 });
    },
  );
});

describe('images', () => {
  test('an imported image is served as what its bytes are, for ever, and cannot run', async () => {
    await registerScenes(api);
    const response = await image(sha256Of(JPEG));
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
    expect(Buffer.from(await response.arrayBuffer()).equals(JPEG)).toBe(true);
  });

  test('no other file of the store is served', async () => {
    const weights = await putFile(api, Buffer.concat([JPEG, Buffer.from('weights')]));
    expect((await image(weights)).status).toBe(404);
  });

  test('an imported file that is no image is not served', async () => {
    const html = await putFile(api, '<script>alert(1)</script>');
    const digest = await putFile(api, JSON.stringify(manifestOf('hostile', html)));
    await register(digest, 'hostile');
    expect((await image(html)).status).toBe(404);
  });

  test.each([
    '..%2f..%2f..%2fetc%2fpasswd',
    '%252e%252e%252fetc%252fpasswd',
    '..%5c..%5cetc%5cpasswd',
    'a;..%2f..%2fetc',
    `${'0'.repeat(63)}%00`,
    '0'.repeat(64).toUpperCase().replaceAll('0', 'A'),
  ])('%s is not found', async (name) => {
    expect((await image(name)).status).toBe(404);
  });

  test('types are told by the first bytes', () => {
    expect(sniffImage(JPEG)).toBe('image/jpeg');
    expect(sniffImage(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))).toBe('image/png');
    expect(sniffImage(Buffer.from('RIFF....WEBPVP8 '))).toBe('image/webp');
    expect(sniffImage(Buffer.from('GIF89a'))).toBe('image/gif');
    expect(sniffImage(Buffer.from('\0\0\0 ftypavif', 'latin1'))).toBeNull();
    expect(sniffImage(Buffer.from('<svg onload="alert(1)">'))).toBeNull();
  });
});
