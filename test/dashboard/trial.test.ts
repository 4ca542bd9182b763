import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { DEMO, fillWithSweeps, RUNNING } from './scenes.js';
import { type Stage, startStage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  fillWithSweeps(stage.api);
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
