import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  DEMO,
  fillWithSpecialTrials,
  fillWithSweeps,
  MEMBERS,
  MIXED,
  PAPER,
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

const PAGES = [
  '/',
  '/launch',
  `/sweeps/${RUNNING}`,
  `/sweeps/${PAPER}`,
  `/sweeps/${MIXED}?show=cider,perplexity`,
  `/sweeps/${PAPER}?baseline=2`,
  `/trials/${DEMO}-24`,
  `/trials/${MEMBERS}-1`,
  '/no/such/page',
];

test.each(PAGES)(
  '%s: one main heading, no level skipped, everything named',
  async (address) => {
    const { page } = await stage.open(address);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const levels = (await page.evaluate(
      `[...document.querySelectorAll('h1, h2, h3, h4')].filter((h) => h.closest('dialog') === null).map((h) => Number(h.tagName[1]))`,
    )) as number[];
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.forEach((level, index) => {
      expect(level).toBeLessThanOrEqual((levels[index - 1] ?? 0) + 1);
    });
    const unnamed =
      await page.evaluate(`[...document.querySelectorAll('a, button, input, select, textarea, img, table, [role=region], [role=progressbar], progress')]
    .filter((element) => {
      const named = element.getAttribute('aria-label') ?? element.getAttribute('alt') ?? element.textContent.trim();
      const labelled = element.labels?.length > 0 || element.querySelector('caption') !== null;
      return !named && !labelled;
    })
    .map((element) => element.outerHTML.slice(0, 120))`);
    expect(unnamed).toEqual([]);
    const ids = (await page.evaluate(
      `[...document.querySelectorAll('[id]')].map((e) => e.id)`,
    )) as string[];
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    const looseHeaders = await page.evaluate(
      `[...document.querySelectorAll('th:not([scope])')].length`,
    );
    expect(looseHeaders).toBe(0);
  },
  60_000,
);

test('the keyboard goes through the page in reading order, starting with a way past the top bar', async () => {
  const { page } = await stage.open(`/sweeps/${DEMO}`);
  await page.getByRole('region', { name: 'Results table' }).waitFor();
  const order: string[] = [];
  for (let press = 0; press < 10; press += 1) {
    await page.keyboard.press('Tab');
    order.push(
      (await page.evaluate(
        `document.activeElement.getAttribute('aria-label') ?? (document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim().split('\\n')[0]`,
      )) as string,
    );
  }
  expect(order).toEqual([
    'Skip to content',
    'Capgrid',
    'Sweeps',
    'Launch',
    'Theme',
    '95% intervals',
    'Caption statistics',
    'Columns',
    'Results table',
    'attention',
  ]);
}, 60_000);

/** WCAG 2.2, relative luminance and contrast ratio, of every element with text of its own. */
const CONTRASTS = `(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  return [...document.querySelectorAll('body *')]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''))
    .filter((element) => element.getClientRects().length > 0 && !element.matches('script, style, :disabled'))
    .map((element) => {
      const [a, b] = [light(rgba(getComputedStyle(element).color)), light(ground(element))];
      return { text: element.textContent.trim().slice(0, 40), ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) };
    })
    .filter(({ ratio }) => ratio < 4.5);
})()`;

test.each(PAGES.flatMap((address) => [[address, 'light'] as const, [address, 'dark'] as const]))(
  '%s in %s: the contrast of every text is at least 4.5 to 1',
  async (address, colorScheme) => {
    const { page } = await stage.open(address, { colorScheme });
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.evaluate(CONTRASTS)).toEqual([]);
  },
  60_000,
);

test('the theme chosen is in the page that the server sends, so nothing flashes', async () => {
  const { page } = await stage.open('/', { colorScheme: 'light' });
  await page.getByLabel('Theme').selectOption('dark');
  const paper = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
  const dark = await paper();
  const answer = await page.goto(`${stage.baseUrl}/launch`);
  expect(await answer?.text()).toContain('data-theme="dark"');
  expect(await paper()).toBe(dark);
  expect(await page.getByLabel('Theme').inputValue()).toBe('dark');
}, 60_000);

test('pages refuse to be framed and sniffed, and run only their own scripts', async () => {
  const answer = await fetch(`${stage.baseUrl}/launch`);
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("frame-ancestors 'none'");
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
  const html = await answer.text();
  const scripts = html.match(/<script[^>]*>/g) ?? [];
  expect(scripts.length).toBeGreaterThan(0);
  expect(scripts.filter((script) => !script.includes(`nonce="${nonce}"`))).toEqual([]);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('x-powered-by')).toBeNull();
});

test('a page of another site may not cancel a sweep', async () => {
  const answer = await fetch(`${stage.baseUrl}/api/sweeps/${RUNNING}/cancel`, {
    method: 'POST',
    headers: { 'sec-fetch-site': 'cross-site' },
  });
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ code: 'cross-site-request' });
  expect(stage.api.asked.some((asked) => asked.endsWith('/cancel'))).toBe(false);
});
