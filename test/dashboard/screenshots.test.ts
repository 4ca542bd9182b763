import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  DEMO,
  ENDED,
  fillWithSpecialTrials,
  fillWithSweeps,
  MEMBERS,
  MIXED,
  PAPER,
  RETRIEVED,
  RUNNING,
} from './scenes.js';
import { RESULTS, type Stage, startStage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  fillWithSweeps(stage.api);
  fillWithSpecialTrials(stage.api);
}, 120_000);
afterEach(() => stage.closePages());
afterAll(() => stage.stop());

const PAGES = [
  { name: 'sweeps', address: '/', seen: 'attention-and-width' },
  { name: 'launch', address: '/launch', seen: 'reused' },
  { name: 'sweep-running', address: `/sweeps/${RUNNING}`, seen: 'Running now' },
  { name: 'sweep-finished', address: `/sweeps/${DEMO}`, seen: 'Bold: best in column' },
  { name: 'sweep-paper', address: `/sweeps/${PAPER}`, seen: 'Bold: best in column' },
  { name: 'sweep-two-splits', address: `/sweeps/${MIXED}`, seen: 'values marked a and b' },
  {
    name: 'sweep-all-columns',
    address: `/sweeps/${DEMO}?show=cider,averageLength,distinct1,distinct2,vocabularyUsed,novelCaptions,badEndings,perplexity`,
    seen: 'lower is better',
  },
  {
    name: 'sweep-compared',
    address: `/sweeps/${PAPER}?baseline=2`,
    seen: 'paired percentile bootstrap',
  },
  { name: 'trial', address: `/trials/${DEMO}-24`, seen: 'Images 1–24 of 60' },
  { name: 'trial-failed', address: `/trials/${RUNNING}-5`, seen: 'loss-not-finite' },
  { name: 'trial-members', address: `/trials/${MEMBERS}-1`, seen: '2 alternatives' },
  { name: 'trial-retrieved', address: `/trials/${RETRIEVED}-1`, seen: 'agreement' },
  { name: 'trial-ended', address: `/trials/${ENDED}-1`, seen: 'There are no captions' },
  { name: 'not-found', address: '/sweeps/none', seen: 'nothing at this address' },
];
const LOOKS = [1440, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

for (const { name, address, seen } of PAGES) {
  test.each(LOOKS)(
    `the ${name} page fits $width px in $colorScheme and the browser has no complaint`,
    async ({ width, colorScheme }) => {
      const { page, complaints } = await stage.open(address, {
        viewport: { width, height: 900 },
        colorScheme,
      });
      await page.getByText(seen).or(page.getByLabel(seen)).first().waitFor();
      // A page that scrolls sideways is wider than its window.
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      await page.screenshot({
        path: path.join(RESULTS, `${name}-${width}-${colorScheme}.png`),
        fullPage: true,
      });
      expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
    },
    60_000,
  );
}
