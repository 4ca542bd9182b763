/** The results table of a fixture sweep, by the API's own code, and its rows compared. */
import {
  type Comparison,
  type ComparisonQuery,
  expandSweep,
  type PublishedRow,
  type ResultsTable,
} from '@capgrid/contracts';
import { buildResultsTable } from '../../apps/api/src/results/build-results-table.js';
import { type FixtureSweep, specOf, trialsOf } from './fixture-sweep.js';
import { ENGINE, measuredOf } from './fixture-trial.js';

const PUBLISHED: PublishedRow[] = [
  {
    table: headOf('2: attention', ['The features were neither normalised nor rectified.']),
    match: { 'model.attention.kind': 'multihead' },
    scores: { bleu4: 0.517, ciderD: 2.01, meteor: 0.33 },
    source: 'Bazzani et al. 2018, Table 2',
  },
  {
    table: headOf('4: comparison', []),
    note: 'a ResNet baseline after optimisation for CIDEr.',
    match: null,
    scores: { bleu1: 0.766, bleu4: 0.34, meteor: 0.265, ciderD: 1.111 },
    source: 'Up-down (Anderson et al. 2018), in Bazzani et al. 2018, Table 4, COCO',
  },
];

function headOf(name: string, notes: string[]): PublishedRow['table'] {
  return {
    title: `Bazzani et al. 2018, Table ${name}`,
    url: 'https://arxiv.org/abs/1810.04101',
    data: 'COCO, Karpathy splits',
    notes: [...notes, 'One run each.'],
  };
}

export function resultsOf(sweep: FixtureSweep): ResultsTable {
  const spec = specOf(sweep);
  const { cells, factors } = expandSweep(spec);
  const published = sweep.hasPublished ? PUBLISHED : [];
  return buildResultsTable({
    sweep: { id: sweep.id, name: spec.name, dataset: spec.dataset, factors, published },
    trials: trialsOf(sweep).flatMap((trial) => {
      const cell = cells[trial.number - 1];
      if (cell === undefined) return [];
      return [
        {
          ...trial,
          spec: cell.spec,
          scores: measuredOf(sweep, trial, cell.spec),
          captions:
            trial.status !== 'finished' ? null : cell.spec.decode.split === 'val' ? 500 : 200,
          failureCode: trial.failure?.code ?? null,
          engines: trial.status === 'finished' ? [ENGINE] : [],
          predictionsSha256: null,
        },
      ];
    }),
  });
}

/** Differences are those of the table; intervals and p-values as a standard error of 1.2 gives them. */
export function comparisonOf(sweep: FixtureSweep, query: ComparisonQuery): Comparison {
  const table = resultsOf(sweep);
  const baseline = Number(query.baseline);
  const ofBaseline = table.rows[baseline];
  const wanted = query.metrics === '' ? null : query.metrics.split(',');
  const columns = table.columns.filter(
    ({ score, isPrimary }) =>
      ofBaseline?.scores[score] !== undefined && (wanted?.includes(score) ?? isPrimary),
  );
  const compared = table.rows.flatMap((row, index) => {
    const isComparable = columns.every(
      ({ score }) => row.scores[score]?.signature === ofBaseline?.scores[score]?.signature,
    );
    return isComparable ? [{ row, index }] : [];
  });
  const comparisons = (compared.length - 1) * columns.length;
  const resamples = query.resamples ?? Math.min(10_000, Math.max(1000, 100 * comparisons));
  const error = query.level === 'images' ? 1.2 : 2;
  return {
    sweepId: sweep.id,
    baseline,
    level: query.level,
    test: query.level === 'images' ? 'paired-bootstrap' : 'welch',
    correction: 'holm',
    comparisons,
    smallestAdjustedP:
      query.level === 'images' && comparisons > 0 ? (2 * comparisons) / (resamples + 1) : null,
    seed: query.seed,
    resamples,
    confidence: 0.95,
    generator: 'mt19937',
    idf: 'fixed',
    images: 200,
    columns: columns.map((column) => ({
      score: column.score,
      label: column.label,
      unit: column.unit,
      decimals: column.decimals,
      signature: ofBaseline?.scores[column.score]?.signature ?? '',
    })),
    rows: compared.map(({ row, index }) => ({
      row: index,
      assignment: row.assignment,
      trainingSeeds: specOf(sweep).seeds,
      cells: Object.fromEntries(
        columns.map(({ score }) => {
          const mean = row.scores[score]?.mean ?? 0;
          const difference = mean - (ofBaseline?.scores[score]?.mean ?? 0);
          const p = Math.min(1, 2 * Math.exp(-((difference / error) ** 2)));
          const around = (value: number) => ({ low: value - 2 * error, high: value + 2 * error });
          return [
            score,
            {
              mean,
              interval: around(mean),
              standardErrors: {
                images: 1.2,
                seeds: row.seedsTotal > 1 ? 0.4 : null,
                both: row.seedsTotal > 1 ? 1.3 : null,
              },
              comparison:
                index === baseline
                  ? null
                  : {
                      difference,
                      interval: around(difference),
                      p,
                      adjustedP: Math.min(1, p * comparisons),
                    },
            },
          ];
        }),
      ),
    })),
    leftOut: table.rows.flatMap((row, index) =>
      compared.some((one) => one.index === index)
        ? []
        : [
            {
              row: index,
              reason:
                Object.keys(row.scores).length === 0
                  ? 'no seed has finished'
                  : 'its scores have other signatures than those of the baseline',
            },
          ],
    ),
  };
}
