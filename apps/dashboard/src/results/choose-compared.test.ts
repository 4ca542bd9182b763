import type { ScoreName } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { chooseCompared } from './choose-compared';

const SHOWN: { shown: ScoreName[]; compared: ScoreName[] }[] = [
  { shown: ['bleu1', 'bleu4', 'ciderD', 'distinct1'], compared: ['bleu4', 'ciderD'] },
  { shown: ['bleu1', 'bleu2'], compared: ['bleu1', 'bleu2'] },
  { shown: ['averageLength', 'vocabularyUsed'], compared: ['averageLength'] },
  { shown: ['distinct1', 'distinct2', 'vocabularyUsed'], compared: [] },
  { shown: [], compared: [] },
];

test.each(SHOWN)('of $shown $compared are compared', ({ shown, compared }) => {
  expect(chooseCompared(shown.map((score) => ({ score })))).toEqual(compared);
});
