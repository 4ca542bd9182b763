import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { DEMO, fillWithSweeps, MIXED, PAPER } from './scenes.js';
import { type Stage, startStage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  fillWithSweeps(stage.api);
}, 120_000);
afterEach(() => stage.closePages());
afterAll(() => stage.stop());

const PAPER_COLUMNS = ['B@1', 'B@2', 'B@3', 'B@4', 'METEOR', 'ROUGE-L', 'CIDEr-D'];
const CAPTION_COLUMNS = [
  'Length',
  'Distinct-1',
  'Distinct-2',
  'Vocabulary',
  'Novel',
  'Bad endings',
  'Perplexity',
];

function resultsOf(page: Page) {
  return page.getByRole('region', { name: 'Results table' }).getByRole('table');
}

async function headingsOf(page: Page): Promise<string[]> {
  const headings = resultsOf(page).locator('th[scope=col]:has(button)');
  await headings.first().waitFor();
  return headings.evaluateAll((cells) =>
    cells.map((cell) => (cell.textContent ?? '').replaceAll(/\s+/g, ' ').trim()),
  );
}

test('a table has the columns of a paper, and METEOR without paraphrases is named so everywhere', async () => {
  const { page } = await stage.open(`/sweeps/${DEMO}`);
  const label = 'METEOR (exact, stem, synonym)';
  const expected = PAPER_COLUMNS.map((name) => (name === 'METEOR' ? label : name));
  expect((await headingsOf(page)).slice(-7)).toEqual(expected);
  // The long heading has two lines, a short one is never broken at its hyphen.
  const heights = await page.evaluate(
    `['METEOR (exact, stem, synonym)', 'ROUGE-L'].map((name) => Math.round([...document.querySelectorAll('th button')].find((b) => b.innerText.replaceAll('\\n', ' ') === name).getBoundingClientRect().height / 18))`,
  );
  expect(heights).toEqual([2, 1]);

  await page.goto(`${stage.baseUrl}/trials/${DEMO}-24`);
  await page.getByRole('region', { name: 'Scores' }).getByText(label).waitFor();
  await page.getByLabel('Order').selectOption({ label: `lowest ${label} first` });
  const card = page
    .locator('li')
    .filter({ has: page.locator('img') })
    .first();
  expect(await card.innerText()).toMatch(/METEOR \(exact, stem, synonym\)\s+37\.0/);
  expect(await card.innerText()).toMatch(/CIDEr\s+110\.0/);
  expect(await card.getByLabel('References').locator('li').first().innerText()).toBe(
    'Two small red circles above a large gray square.',
  );
}, 60_000);

test('SPICE has a column only where it was measured, and METEOR with paraphrases is METEOR', async () => {
  const { page } = await stage.open(`/sweeps/${PAPER}`);
  expect((await headingsOf(page)).slice(-8)).toEqual([...PAPER_COLUMNS, 'SPICE']);
}, 60_000);

test('caption statistics come and go by keyboard, say their units, and stay in the address', async () => {
  const { page } = await stage.open(`/sweeps/${DEMO}`);
  const box = page.getByRole('checkbox', { name: 'Caption statistics' });
  await box.focus();
  await page.keyboard.press('Space');
  await page.waitForURL(/\?show=averageLength,distinct1,.*,perplexity$/);
  await expect.poll(async () => (await headingsOf(page)).slice(-7)).toEqual(CAPTION_COLUMNS);
  const caption = await resultsOf(page).locator('caption').innerText();
  expect(caption).toContain(
    'Distinct-1, Distinct-2, Novel and Bad endings in percent; Length and Vocabulary in words.',
  );
  expect(caption).toContain('Bad endings and Perplexity: lower is better.');
  // Best of perplexity is the lowest; of lengths none is best.
  const last = resultsOf(page).locator('tbody tr').last().locator('td');
  expect(await last.last().locator('strong').innerText()).toBe('2.98');
  expect(await last.nth(-7).locator('strong').count()).toBe(0);

  await page.reload();
  await expect.poll(() => headingsOf(page)).toContain('Perplexity');
  await page.getByText('Columns', { exact: true }).click();
  await page.getByRole('checkbox', { name: 'Novel' }).click();
  await page.waitForURL((url) => !url.search.includes('novelCaptions'));
  await expect.poll(() => headingsOf(page)).not.toContain('Novel');
  expect(await box.evaluate((input: { indeterminate?: boolean }) => input.indeterminate)).toBe(
    true,
  );
  await box.click();
  await page.waitForURL(/novelCaptions/);
  await box.click();
  await page.waitForURL(/swp_demo$/);
}, 60_000);

test('intervals over images stand beside their values when asked for', async () => {
  const { page } = await stage.open(`/sweeps/${DEMO}`);
  expect(await resultsOf(page).innerText()).not.toContain('[69.4, 74.2]');
  await page.getByRole('checkbox', { name: '95% intervals' }).click();
  await page.waitForURL(/\?intervals=1$/);
  await resultsOf(page).getByText('[69.4, 74.2]').first().waitFor();
  await resultsOf(page).getByText('95% interval over the images').waitFor();
}, 60_000);

test('values that cannot be compared are marked, none is best, and the footnotes say why', async () => {
  const { page } = await stage.open(`/sweeps/${MIXED}`);
  const rows = resultsOf(page).locator('tbody tr');
  await rows.first().waitFor();
  expect(await resultsOf(page).locator('strong').count()).toBe(0);
  const marks = await rows.evaluateAll((all) =>
    all.map((row) => [...row.querySelectorAll('sup')].map((mark) => mark.textContent).join('')),
  );
  expect(marks).toEqual(['aaaacaa', 'aaaaaaa', 'bbbbbbb', 'bbbbbbb']);
  expect(await rows.first().innerText()).toContain('mixed');
  const footnotes = await page
    .getByLabel('Footnotes of the results table')
    .locator('li')
    .allInnerTexts();
  expect(footnotes).toHaveLength(2);
  expect(footnotes[0]).toContain(
    'a: refs:5-4d3c2b1a0f9e, images:200-1a2b3c4d5e6f; b: refs:5-5b6a79889fae, images:500-9f8e7d6c5b4a.',
  );
  expect(footnotes[1]).toContain('have no mean, because their seeds cannot be compared');

  const signatures = page.locator('details').filter({ hasText: 'Signatures of the scores' });
  expect(await signatures.locator('code').first().isVisible()).toBe(false);
  await signatures.locator('summary').focus();
  await page.keyboard.press('Enter');
  expect(await signatures.locator('dt').allInnerTexts()).toEqual([
    'B@1',
    'B@2',
    'B@3',
    'B@4',
    'METEOR (exact, stem, synonym)',
    'ROUGE-L',
    'CIDEr-D',
  ]);
  expect(await signatures.locator('code').last().innerText()).toBe(
    'CIDEr-D|v:1|tok:ptb-3.4.1|ctx:next-caption|refs:5-5b6a79889fae|idf:test-references|images:500-9f8e7d6c5b4a',
  );
}, 60_000);

test('rows are compared with a baseline: intervals, marks that are also read, and the method', async () => {
  const { page } = await stage.open(`/sweeps/${PAPER}`);
  const baseline = page.getByRole('combobox', { name: 'Baseline' });
  await baseline.selectOption({ label: 'trials 4 to 6, attention none, hidden 256, beam 3' });
  await page.waitForURL(/\?baseline=2$/);
  const table = page
    .getByRole('region', { name: 'Differences from the baseline' })
    .getByRole('table');
  const rows = table.locator('tbody tr');
  expect(await rows.nth(1).innerText()).toContain('baseline');
  const cell = rows.last().locator('td').first();
  expect((await cell.innerText()).replaceAll(/\s+/g, ' ')).toBe('+14.4 † significant [12.0, 16.8]');
  expect(await rows.first().locator('td').first().locator('sup').count()).toBe(0);
  const caption = await table.locator('caption').innerText();
  for (const words of [
    'by paired percentile bootstrap over images;',
    '200 images, 4,000 resamples, random seed 1',
    "†: p < 0.05 after Holm's correction for 40 comparisons.",
    'CIDEr-D: idf fixed to that of the whole test set.',
    'Each row minus the baseline (trials 4 to 6)',
    'Left out: trials 7 to 9 (no seed has finished).',
  ]) {
    expect(caption).toContain(words);
  }

  await page.getByLabel('Variance over').selectOption('images-and-seeds');
  await page.waitForURL(/\?baseline=2&level=images-and-seeds$/);
  await table.getByText("by Welch's t over images and training seeds;").waitFor();
  await page.reload();
  await table.getByText('over images and training seeds;').waitFor();
  await page.getByText('Means and standard errors', { exact: true }).click();
  const errors = page.getByRole('region', { name: 'Means and standard errors' });
  expect(await errors.locator('tbody td').first().innerText()).toMatch(
    /48\.5\s+1\.20, 0\.40, 1\.30/,
  );
  await baseline.selectOption('');
  await page.waitForURL(/\?level=images-and-seeds$/);
  await page.getByText('Choose a baseline').waitFor();
}, 60_000);

test('a comparison that the API refuses says why', async () => {
  stage.api.unfitBaseline = 1;
  const { page } = await stage.open(`/sweeps/${PAPER}?baseline=1`);
  const fault = page.getByRole('alert').filter({ hasText: 'could not be compared' });
  await fault.getByText('Row 1 cannot be the baseline').waitFor();
  stage.api.unfitBaseline = null;
}, 60_000);

test.each([
  ['999', /^The baseline in the address is row 999, but the table has only rows 1 to \d+\. Choose/],
  ['3', /^Row 3, the baseline in the address, has no result\. Choose/],
])(
  'a baseline=%s that cannot be one is none, without asking the API',
  async (row, sentence) => {
    stage.api.asked.length = 0;
    const { page, complaints } = await stage.open(`/sweeps/${PAPER}?baseline=${row}`);
    await page.getByText(sentence).waitFor();
    expect(await page.getByRole('combobox', { name: 'Baseline' }).inputValue()).toBe('');
    expect(stage.api.asked.filter((asked) => asked.includes('comparison'))).toEqual([]);
    expect(complaints).toEqual([]);
  },
  60_000,
);
