import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { DEMO, fillWithSweeps, PAPER, RUNNING, WASTEFUL } from './scenes.js';
import { type Stage, startStage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
}, 120_000);
beforeEach(() => fillWithSweeps(stage.api));
afterEach(() => stage.closePages());
afterAll(() => stage.stop());

test('the sweep page follows the events: counts, rows and the end come without a reload', async () => {
  const { page } = await stage.open(`/sweeps/${RUNNING}`);
  const counts = page.getByTestId('counts');
  await counts.getByText('11 of 24 trials finished, 1 failed, 2 running, 10 queued').waitFor();
  const row = page.getByRole('region', { name: 'Results table' }).locator('tbody tr').nth(12);
  expect(await row.innerText()).toContain('running');
  await stage.api.heard(RUNNING);
  stage.api.setStatuses(RUNNING, [[13, 'finished']]);
  await counts.getByText('12 of 24 trials finished, 1 failed, 1 running, 10 queued').waitFor();
  await row.getByText('55.1').waitFor();
  const rest = Array.from({ length: 11 }, (_, index): [number, 'finished'] => [
    index + 14,
    'finished',
  ]);
  stage.api.setStatuses(RUNNING, rest);
  await page.getByText('finished, some failed').waitFor();
  expect(await page.getByRole('button', { name: 'Cancel' }).count()).toBe(0);
}, 60_000);

test('the page says when the connection is lost and takes it up again', async () => {
  const { page } = await stage.open(`/sweeps/${RUNNING}`);
  await stage.api.heard(RUNNING);
  stage.api.cutStreams();
  await page.getByText('Live updates interrupted').waitFor();
  await page.getByText('Live updates interrupted').waitFor({ state: 'detached' });
  stage.api.setStatuses(RUNNING, [[13, 'finished']]);
  await page.getByTestId('counts').getByText('12 of 24').waitFor();
}, 60_000);

test('cancel asks first, and retry queues what failed or was cancelled', async () => {
  const { page } = await stage.open(`/sweeps/${RUNNING}`);
  await page.getByRole('button', { name: 'Cancel' }).click();
  const dialog = page.getByRole('dialog', { name: 'Cancel this sweep?' });
  await dialog.getByRole('button', { name: 'Back' }).click();
  expect(stage.api.asked.some((asked) => asked.endsWith('/cancel'))).toBe(false);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await dialog.getByRole('button', { name: 'Cancel 12 trials' }).click();
  await page
    .getByTestId('counts')
    .getByText('11 of 24 trials finished, 1 failed, 12 cancelled')
    .waitFor();
  await page.getByRole('button', { name: 'Retry failed' }).click();
  await page.getByRole('button', { name: 'Queue 13 trials again' }).click();
  await page.getByTestId('counts').getByText('11 of 24 trials finished, 13 queued').waitFor();
}, 60_000);

test('the results are a table with caption, groups, one bold best per column and its reasons', async () => {
  const { page } = await stage.open(`/sweeps/${PAPER}`);
  const table = page.getByRole('region', { name: 'Results table' }).getByRole('table');
  const caption = await table.locator('caption').innerText();
  for (const words of [
    'flickr8k',
    'test split',
    '3 seeds (1, 2, 3)',
    'refs:5',
    'Bold: best in column',
  ]) {
    expect(caption).toContain(words);
  }
  expect(await table.locator('th[scope=colgroup]').allInnerTexts()).toEqual(['BLEU', 'Quality']);
  const best = table.locator('tbody').first().locator('tr').last().locator('strong');
  expect(await best.count()).toBe(8);
  expect(await table.locator('strong').count()).toBe(8);
  expect(
    await page.evaluate(`getComputedStyle(document.querySelector('td strong')).fontWeight`),
  ).toBe('700');
  expect(await table.locator('tbody tr').nth(2).innerText()).toContain('loss-not-finite');
  expect(await table.locator('tbody tr').nth(1).innerText()).toContain('2 of 3');
  const printed = table.locator('tbody').last();
  expect(await printed.locator('th').innerText()).toMatch(/^Up-down .* Table 4, COCO$/);
  expect(await printed.locator('td').allInnerTexts()).toEqual([
    '76.6', '–', '–', '34.0', '26.5', '–', '111.1', '–',
  ]); // prettier-ignore
  expect(caption).toContain('Last rows: as published, of no cell of this sweep.');
  const text = await table.innerText();
  expect(text).toContain('+2.2');
  expect(text).toContain('\u22126.7');
}, 60_000);

test('on a narrow screen the caption is not cut at its signature', async () => {
  const { page } = await stage.open(`/sweeps/${PAPER}`, { viewport: { width: 390, height: 844 } });
  const caption = page.getByRole('region', { name: 'Results table' }).locator('caption > span');
  await caption.getByText('refs:5').waitFor();
  const [shown, needed] = await caption.evaluate(({ clientWidth, scrollWidth }) => [
    clientWidth,
    scrollWidth,
  ]);
  expect(needed).toBe(shown);
  expect(shown).toBeLessThanOrEqual(390);
}, 60_000);

test('figures stand below each other: right edges of one column are one line', async () => {
  const { page } = await stage.open(`/sweeps/${PAPER}`);
  const edges =
    await page.evaluate(`[...document.querySelectorAll('[aria-label="Results table"] tbody tr')]
    .flatMap((row) => [...row.querySelectorAll('td:last-child > span > :first-child')])
    .map((mean) => Math.round(mean.getBoundingClientRect().right * 4) / 4)`);
  expect(edges).toHaveLength(10);
  expect(new Set(edges as number[]).size).toBe(1);
}, 60_000);

test('a column sorts by its header, tells so and keeps it in the address', async () => {
  const { page } = await stage.open(`/sweeps/${DEMO}`);
  const table = page.getByRole('region', { name: 'Results table' }).getByRole('table');
  const header = table.getByRole('columnheader', { name: 'CIDEr-D' });
  expect(await header.getAttribute('aria-sort')).toBe('none');
  await header.getByRole('button').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\?sort=-ciderD$/);
  await table.locator('th[aria-sort=descending]').getByText('CIDEr-D').waitFor();
  const firstTrial = table.locator('tbody tr').first().getByRole('link').first();
  expect(await firstTrial.getAttribute('aria-label')).toBe('Trial 24');
  await header.getByRole('button').click();
  await page.waitForURL(/\?sort=ciderD$/);
  await table.locator('th[aria-sort=ascending]').getByText('CIDEr-D').waitFor();
  await header.getByRole('button').click();
  await page.waitForURL(/swp_demo$/);
  await page.getByText('Columns', { exact: true }).click();
  await page.getByRole('checkbox', { name: 'B@2' }).click();
  await page.waitForURL(/\?hide=bleu2$/);
  await page.reload();
  await table.getByRole('columnheader', { name: 'B@1' }).waitFor();
  expect(await table.getByRole('columnheader', { name: 'B@2' }).count()).toBe(0);
}, 60_000);

test('the number of a row leads to its trial', async () => {
  const { page } = await stage.open(`/sweeps/${DEMO}`);
  await page
    .getByRole('region', { name: 'Results table' })
    .getByLabel('Trial 3', { exact: true })
    .click();
  await page.waitForURL(/\/trials\/swp_demo-3$/);
  await page
    .getByRole('heading', { level: 1, name: 'attention none, weight norm off, beam 5' })
    .waitFor();
}, 60_000);

test('of hundreds of dropped cells the page has a row a cause and the first cells', async () => {
  const { page } = await stage.open(`/sweeps/${WASTEFUL}`, {
    viewport: { width: 390, height: 900 },
  });
  await page.getByText('480 dropped cells').click();
  const rows = page.getByRole('region', { name: 'Dropped cells' }).locator('tbody tr');
  expect(await rows.count()).toBe(1);
  expect(await rows.first().innerText()).toContain(
    'excluded: matches the exclude rule decode.blockUnknown=true',
  );
  await rows.first().getByText('more').click();
  await rows.first().getByText('450 cells not listed').waitFor();
  expect(await rows.first().locator('li').count()).toBe(10);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  const html = await (await fetch(`${stage.baseUrl}/sweeps/${WASTEFUL}`)).text();
  expect(html).toContain('decode.maxWords=2,');
  expect(html).not.toContain('decode.maxWords=20,');
}, 60_000);
