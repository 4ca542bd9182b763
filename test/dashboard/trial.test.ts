import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  DEMO,
  ENDED,
  fillWithSpecialTrials,
  fillWithSweeps,
  MEMBERS,
  RETRIEVED,
  RUNNING,
} from './scenes.js';
import { type Stage, startStage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  fillWithSweeps(stage.api);
  fillWithSpecialTrials(stage.api);
}, 120_000);
afterEach(() => stage.closePages());
afterAll(() => stage.stop());

test('captions come worst first, and words that no reference has are underlined', async () => {
  const { page } = await stage.open(`/trials/${DEMO}-24`);
  const card = page
    .locator('li')
    .filter({ has: page.locator('img') })
    .first();
  await card.waitFor();
  expect(await card.locator('mark').allInnerTexts()).toEqual(['three', 'blue']);
  expect(await card.getByText('In no reference: three, blue').count()).toBe(1);
  expect(
    await page.evaluate(`getComputedStyle(document.querySelector('mark')).textDecorationLine`),
  ).toBe('underline');
  expect(await card.getByLabel('References').locator('li').count()).toBe(5);
  expect(await card.innerText()).toMatch(/CIDEr-D\s+120\.0/);
  const drawn = `(async (image) => (await image.decode(), image.naturalWidth))(document.querySelector('li img'))`;
  expect(await page.evaluate(drawn)).toBe(128);
}, 60_000);

test('a training that went on elsewhere names what else computed it', async () => {
  const { page } = await stage.open(`/trials/${DEMO}-24`);
  const fact = page.locator('dl > div').filter({ hasText: 'Also computed on' });
  await fact.waitFor();
  expect(await fact.innerText()).toMatch(/libtorch 1\.13\.0, cpu, OpenBLAS 0\.3\.21, 8 threads$/);
}, 60_000);

test('an image shows where the model looked at the word under the pointer or the focus', async () => {
  const { page } = await stage.open(`/trials/${DEMO}-24?sort=image`);
  const words = page.getByRole('toolbar', { name: /^Where the model looked: three small/ }).first();
  const card = page.locator('li').filter({ has: words }).first();
  const bright = () =>
    card
      .locator('svg rect')
      .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('fill-opacity')) === 0));
  expect(await bright()).toEqual([]);
  // The third word of the first image looks at its third cell.
  await words.getByRole('button').nth(2).hover();
  await card.getByText('64% in row 1, column 3; 4% on the whole image').waitFor();
  expect((await bright()).indexOf(true)).toBe(2);
  const sizes = await card
    .locator('img, svg')
    .evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().width / 4)));
  expect(sizes[1]).toBe(sizes[0]);
  await page.mouse.move(0, 0);
  await card.locator('svg').waitFor({ state: 'detached' });
  await words.getByRole('button').first().focus();
  await page.keyboard.press('ArrowRight');
  await card.getByText('“small”: 64% in row 1, column 2').waitFor();
  await page.keyboard.press('End');
  expect(await words.getByRole('button').last().getAttribute('tabindex')).toBe('0');
  expect((await bright()).indexOf(true)).toBe(8);
  // What the pointer shows for a while gives way to the word that has the focus.
  await words.getByRole('button').nth(2).hover();
  await card.getByText('64% in row 1, column 3').waitFor();
  await page.mouse.move(0, 0);
  await card.getByText('row 3, column 3').waitFor();
  expect((await bright()).indexOf(true)).toBe(8);
}, 60_000);

test('on a touch screen the map of a tapped word stays', async () => {
  const { page } = await stage.open(`/trials/${DEMO}-24?sort=image`, { hasTouch: true });
  const words = page.getByRole('toolbar', { name: /^Where the model looked: three small/ }).first();
  const card = page.locator('li').filter({ has: words }).first();
  await words.getByRole('button').nth(2).tap();
  await card.getByText('64% in row 1, column 3').waitFor();
}, 60_000);

test('captions are searched, sorted and paged in the address', async () => {
  const { page } = await stage.open(`/trials/${DEMO}-24`);
  await page.getByLabel('Words').fill('purple');
  await page.getByLabel('Order').selectOption('-ciderD');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.waitForURL(/sort=-ciderD&search=purple/);
  await page.getByText(/^\d+ images with “purple”/).waitFor();
  await page.goto(`${stage.baseUrl}/trials/${DEMO}-24`);
  await page.getByRole('link', { name: 'Next' }).click();
  await page.getByText('Images 25–48 of 60').waitFor();
  await page.getByText('Page 2 of 3').waitFor();
}, 60_000);

test('a curve has its summary in words and its numbers in a table', async () => {
  const { page } = await stage.open(`/trials/${DEMO}-24`);
  await page.getByText('From 3.72 at step 1 to 0.335 at step 1,128.').waitFor();
  await page.locator('.recharts-line-curve').first().waitFor();
  const drawn = await page.locator('.recharts-line-curve').first().getAttribute('d');
  expect(drawn?.split('L').length).toBe(500);
  await page.getByText('Numbers').first().click();
  const table = page.getByRole('region', { name: 'Training loss by step' });
  await table.waitFor();
  expect(await table.locator('tbody tr').count()).toBe(100);
}, 60_000);

test('a running training draws new points, and its captions come when it is scored', async () => {
  const { page } = await stage.open(`/trials/${RUNNING}-13`);
  await page.getByText('The captions appear here').waitFor();
  await stage.api.heard('trn_5');
  stage.api.sendPoints('trn_5', [{ name: 'train/loss', step: 1200, value: 0.1234 }]);
  await page.getByText('to 0.123 at step 1,200.').waitFor();
  stage.api.setStatuses(RUNNING, [[13, 'finished']]);
  await page.getByText('Images 1–24 of 60').waitFor();
}, 60_000);

test('a failed trial says why, where and whether it would fail again', async () => {
  const { page } = await stage.open(`/trials/${RUNNING}-5`);
  const fault = page.getByRole('alert').filter({ hasText: 'Failed at step 1840' });
  await fault.waitFor();
  expect(await fault.innerText()).toContain('lower optimizer.learningRate');
  expect(await page.getByRole('region', { name: 'Table of attempts' }).innerText()).toContain(
    'would fail again',
  );
}, 60_000);

test('the captions behind the first are there to open, with what the model gives each', async () => {
  const { page } = await stage.open(`/trials/${MEMBERS}-1?sort=image`);
  const card = page
    .locator('li')
    .filter({ has: page.locator('img') })
    .first();
  await card.waitFor();
  // Nine words and the end mark.
  expect(await card.innerText()).toMatch(/log-probability\s+−3\.20, −0\.32 a word/);
  const list = card.getByRole('list', { name: 'Alternatives, best first' });
  expect(await list.isVisible()).toBe(false);
  await card.getByText('2 alternatives').click();
  expect(await list.getByRole('listitem').allInnerTexts()).toEqual([
    'two blue circles\nlog-probability −4.40, −1.10 a word',
    'a circle and (cut at the longest length)\nlog-probability −5.40, −1.80 a word',
  ]);
  await page.goto(`${stage.baseUrl}/trials/${DEMO}-24`);
  await card.waitFor();
  expect(await page.getByText('alternative').count()).toBe(0);
}, 60_000);

test('a retrieved caption says what it was chosen by', async () => {
  const { page } = await stage.open(`/trials/${RETRIEVED}-1`);
  await page.getByText('mean CIDEr-D of the caption against the other candidates').waitFor();
  const card = page.locator('li').filter({ has: page.locator('img') });
  expect(await card.first().innerText()).toMatch(/agreement\s+123\.4/);
}, 60_000);

test('facts and curves say which of the trainings they are of, and each can be chosen', async () => {
  const { page } = await stage.open(`/trials/${MEMBERS}-1?sort=image`);
  await page.getByText('An ensemble of 2 models writes the captions').waitFor();
  const table = page.getByRole('region', { name: 'Table of trainings' });
  expect(await table.locator('tbody th').allInnerTexts()).toEqual([
    'seed 9, cross-entropy',
    'seed 9, self-critical (shown)',
    'seed 10, cross-entropy',
    'seed 10, self-critical',
  ]);
  await page.getByRole('heading', { name: 'Training: seed 9, self-critical' }).waitFor();
  await page.getByRole('heading', { name: 'Curves: seed 9, self-critical' }).waitFor();
  await page.getByText('1 of 2 of the ensemble, seed 9').waitFor();
  await page.getByRole('heading', { name: 'Reward of drawn captions' }).waitFor();
  await table.getByRole('link', { name: 'seed 10, cross-entropy' }).click();
  await page.getByRole('heading', { name: 'Curves: seed 10, cross-entropy' }).waitFor();
  await page.getByText('2 of 2 of the ensemble, seed 10').waitFor();
  await page.getByRole('heading', { name: 'Training loss' }).waitFor();
  expect(await page.getByText('Reward of drawn captions').count()).toBe(0);
  // The order of the captions has stayed, and the choice stays when they are turned over.
  await page.getByText('Images 1–24 of 60').waitFor();
  await page.getByRole('link', { name: 'Next' }).click();
  await page.waitForURL(/sort=image&page=2&training=members_1_seed10_start#captions$/);
  await page.getByLabel('Words').fill('purple');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.waitForURL(/training=members_1_seed10_start.*search=purple/);
}, 60_000);

test('an attempt names its training where the trial has several', async () => {
  const { page } = await stage.open(`/trials/${MEMBERS}-1`);
  const tasks = page.getByRole('region', { name: 'Table of attempts' }).locator('tbody th');
  await tasks.first().waitFor();
  expect(await tasks.allInnerTexts()).toEqual([
    'training, seed 9, cross-entropy',
    'training, seed 9, self-critical',
    'training, seed 10, cross-entropy',
    'training, seed 10, self-critical',
  ]);
  await page.goto(`${stage.baseUrl}/trials/${DEMO}-24`);
  await tasks.first().waitFor();
  expect(await tasks.allInnerTexts()).toEqual(['training']);
  expect(await page.getByRole('heading', { name: 'Trainings' }).count()).toBe(0);
}, 60_000);

test('CIDEr-D has one scale, and weights that are a mean of checkpoints say so', async () => {
  const { page } = await stage.open(`/trials/${MEMBERS}-1`);
  const facts = page.getByRole('region', { name: /^Training:/ });
  await facts.waitFor();
  const text = await facts.innerText();
  expect(text).toMatch(/Weights\s+mean of the 2 best checkpoints/);
  expect(text).toMatch(/Best checkpoint\s+step 0 of 1,128/);
  expect(text).toMatch(/Validation CIDEr-D\s+100\.0, of greedy captions of the mean, times 100/);
  await page.getByRole('heading', { name: 'CIDEr-D of greedy captions, times 100' }).waitFor();
  await page.getByText('Highest 105.0 at step 0, of 5 validations.').waitFor();
  await page.getByText('Each validation is of one checkpoint').waitFor();
  await page.goto(`${stage.baseUrl}/trials/${DEMO}-24`);
  await page.getByText('1,034 of 1,128').waitFor();
  expect(await page.getByText('mean of the').count()).toBe(0);
}, 60_000);

test('a chart ends where its data does', async () => {
  const { page } = await stage.open(`/trials/${MEMBERS}-1`);
  const chart = page.locator('figure').filter({ hasText: 'Validation perplexity' });
  await chart.locator('.recharts-line-curve').waitFor();
  const right = (selector: string) =>
    chart.locator(selector).evaluate((element) => element.getBoundingClientRect().right);
  expect(await right('.recharts-line-curve')).toBeCloseTo(
    await right('.recharts-xAxis .recharts-cartesian-axis-line'),
    0,
  );
  expect(
    await chart
      .locator('.recharts-xAxis-tick-labels .recharts-cartesian-axis-tick-label')
      .allTextContents(),
  ).toEqual(['0', '20', '40', '60']);
}, 60_000);

test('a trial that is over promises nothing', async () => {
  const { page } = await stage.open(`/trials/${ENDED}-1`);
  await page.getByText('There are no captions: this trial has failed').waitFor();
  await page.getByText('failed before its first losses (loss-not-finite)').waitFor();
  expect(await page.getByText('appear').count()).toBe(0);
  await page.goto(`${stage.baseUrl}/trials/${ENDED}-2`);
  await page.getByText('There are no captions: this trial was cancelled').waitFor();
  await page.getByText('the training was cancelled before its first losses').waitFor();
  await page.getByText('cancelled before a trainer took it').waitFor();
  expect(await page.getByText('appear').count()).toBe(0);
}, 60_000);
