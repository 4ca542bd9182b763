import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { fillWithSweeps } from './scenes.js';
import { type Stage, startStage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  fillWithSweeps(stage.api);
}, 120_000);
afterEach(() => stage.closePages());
afterAll(() => stage.stop());

test('the launch page counts trials and trainings before anything is launched', async () => {
  const { page } = await stage.open('/launch');
  const counts = page.locator('dl');
  await counts.getByText('5 new, 2 under way for an earlier sweep, 1 reused').waitFor();
  expect(await counts.innerText()).toMatch(/Trials\s+24/);
  expect(await counts.innerText()).toMatch(/Trainings\s+8/);
  expect(
    await page.getByRole('region', { name: 'Trials of the sweep' }).locator('tbody tr').count(),
  ).toBe(24);
  expect(stage.api.asked.filter((asked) => asked.startsWith('POST /api/sweeps '))).toEqual([]);
}, 60_000);

test('editing the spec changes the counts, and going to another spec keeps the draft', async () => {
  const { page } = await stage.open('/launch');
  const editor = page.getByLabel('YAML or JSON');
  await editor.fill((await editor.inputValue()).replace('[1, 3, 5]', '[1, 3]'));
  await page.locator('dl').getByText('15 new, 1 reused').waitFor();
  await page.getByLabel('write or paste').check();
  expect(await editor.inputValue()).toBe('');
  await page.getByLabel('demo.yaml').check();
  expect(await editor.inputValue()).toContain('decode.beam: [1, 3]');
  await page.getByRole('button', { name: 'Undo all edits' }).click();
  await page.locator('dl').getByText('23 new, 1 reused').waitFor();
}, 60_000);

test('a bad spec is answered with the path, the value and what is allowed', async () => {
  const { page } = await stage.open('/launch');
  const editor = page.getByLabel('YAML or JSON');
  const text = await editor.inputValue();
  await editor.fill(text.replace('[none, dot, multihead, mlp]', '[none, dott]'));
  const faults = page.locator('#spec-issues');
  await faults.getByText('1 fault in the spec').waitFor();
  const said = await faults.innerText();
  expect(said).toContain('grid.model.attention.kind');
  expect(said).toContain('"dott"');
  expect(said).toContain('"multihead"');
  expect(await editor.getAttribute('aria-invalid')).toBe('true');
  expect(await editor.getAttribute('aria-describedby')).toBe('spec-issues');
  expect(await page.getByRole('button', { name: /^Launch/ }).count()).toBe(0);
  await editor.fill('name: x\n  grid: [');
  await faults.getByText('whole document').waitFor();
  // The excerpt points at the place by a line of its own.
  expect(await faults.locator('pre').textContent()).toMatch(/\n *\^+$/);
}, 60_000);

test('cells that are left out are counted by cause, with the first of them', async () => {
  const { page } = await stage.open('/launch');
  const editor = page.getByLabel('YAML or JSON');
  const rules = '[{ model.weightNorm: true }, { decode.beam: 5 }]';
  await editor.fill(`${await editor.inputValue()}\nexclude: ${rules}\n`);
  await page.getByText('16 dropped cells').click();
  const region = page.getByRole('region', { name: 'Dropped cells' });
  const rows = region.locator('tbody tr');
  expect(await rows.count()).toBe(2);
  expect(await rows.first().innerText()).toMatch(
    /excluded: matches the exclude rule model.weightNorm=true\s+12\s/,
  );
  expect(await region.getByText('2 cells not listed').isVisible()).toBe(false);
  await rows.first().getByText('more').click();
  await region.getByText('2 cells not listed').waitFor();
  expect(await rows.first().locator('li').count()).toBe(10);
  await page.getByText('All of them: ./capgrid sweep preview FILE --json').waitFor();
}, 60_000);

test('options and rules that change nothing are named, and the sweep can be launched all the same', async () => {
  const { page } = await stage.open('/launch');
  const editor = page.getByLabel('YAML or JSON');
  const text = await editor.inputValue();
  const notes = page.getByRole('region', { name: 'Notes on the spec' });
  expect(await notes.count()).toBe(0);
  const unread = text.replace('maxWords: 20', 'maxWords: 20, topK: 5');
  await editor.fill(`${unread}\nexclude: [{ decode.beam: 7 }]\n`);
  await notes.waitFor();
  const said = await notes.innerText();
  expect(said).toContain('base.decode.topK');
  expect(said).toContain('exclude.0');
  expect(said).toContain('it matches no cell');
  expect(await page.getByRole('button', { name: /^Launch/ }).isEnabled()).toBe(true);
}, 60_000);

test('a sweep without a trial cannot be launched', async () => {
  const { page } = await stage.open('/launch');
  const editor = page.getByLabel('YAML or JSON');
  await page.getByRole('button', { name: /^Launch/ }).waitFor();
  await editor.fill(
    `${await editor.inputValue()}\nexclude: [{ decode.beam: 1 }, { decode.beam: 3 }, { decode.beam: 5 }]\n`,
  );
  await page.getByText('There is no trial to launch').waitFor();
  expect(await page.getByRole('button', { name: /^Launch/ }).isDisabled()).toBe(true);
}, 60_000);

test('a refusal of the API is shown and the same key is sent again, then the sweep page opens', async () => {
  const { page } = await stage.open('/launch');
  const editor = page.getByLabel('YAML or JSON');
  const text = await editor.inputValue();
  await editor.fill(text.replace('dataset: scenes', 'dataset: absent'));
  const launch = page.getByRole('button', { name: 'Launch “demo”' });
  const refusal = page.getByRole('alert').filter({ hasText: 'there is no dataset "absent"' });
  await launch.click();
  await refusal.waitFor();
  const again = page.waitForResponse((response) => response.status() === 422);
  await launch.click();
  await again;
  await editor.fill(text);
  await page.locator('dl').getByText('23 new, 1 reused').waitFor();
  await launch.click();
  await page.waitForURL(/\/sweeps\/swp_new/);
  const keys = stage.api.asked
    .filter((asked) => asked.startsWith('POST /api/sweeps '))
    .map((asked) => asked.split(' ')[2]);
  expect(keys).toHaveLength(3);
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
}, 60_000);

test('without an API the pages say where it should be and how to start it', async () => {
  const { page } = await stage.open('/launch');
  await page.route('**/api/sweeps/preview', (route) =>
    route.fulfill({
      status: 502,
      contentType: 'application/problem+json',
      body: JSON.stringify({
        type: 'about:blank',
        title: 'api-unreachable',
        status: 502,
        detail: 'No answer from the API. Start it with: ./capgrid up',
        code: 'api-unreachable',
      }),
    }),
  );
  const editor = page.getByLabel('YAML or JSON');
  await editor.fill((await editor.inputValue()).replace('[1, 3, 5]', '[2]'));
  await page.getByRole('alert').filter({ hasText: './capgrid up' }).waitFor();
}, 60_000);
