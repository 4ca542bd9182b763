/** Images with what was predicted and what people wrote: searched, sorted and paged by the API. */
import type { TrialSpec, PredictionsPage, PredictionsQuery } from '@capgrid/contracts';
import Form from 'next/form';
import Link from 'next/link';
import { Button } from '../feedback/button';
import { countOf, formatCount } from '../numbers/format-number';
import { CaptionCard } from './caption-card';
import { PAGE_SIZE, pageOf, trialHref } from './caption-search';
import s from './captions.module.css';
import { describeSimilarity } from './describe-similarity';
import type { ImageScore } from './image-scores';

type CaptionBrowserProps = {
  trialId: string;
  page: PredictionsPage;
  query: PredictionsQuery;
  /** The training that is shown and stays so; null for the trial's own. */
  trainingId: string | null;
  spec: TrialSpec;
  /** Those that images have, with their names. */
  scores: ImageScore[];
};

export function CaptionBrowser({
  trialId,
  page,
  query,
  trainingId,
  spec,
  scores,
}: CaptionBrowserProps) {
  const similarity = page.predictions.some((prediction) => prediction.similarity !== null)
    ? describeSimilarity(spec)
    : null;
  return (
    <>
      <Form action={`/trials/${trialId}`} className={s.form} scroll={false}>
        {trainingId !== null && <input type="hidden" name="training" value={trainingId} />}
        <label>
          <span>Order</span>
          <select name="sort" defaultValue={query.sort} key={query.sort}>
            {scores.flatMap(({ score, label }) => [
              <option key={score} value={score}>
                lowest {label} first
              </option>,
              <option key={`-${score}`} value={`-${score}`}>
                highest {label} first
              </option>,
            ])}
            <option value="image">order of the dataset</option>
          </select>
        </label>
        <label className={s.search}>
          <span>Words</span>
          <input
            type="search"
            name="search"
            defaultValue={query.search}
            key={query.search}
            maxLength={100}
            placeholder="in prediction or references"
          />
        </label>
        <Button type="submit">Show</Button>
      </Form>
      <p className={s.found} role="status">
        {describePage(page, query)} <span className={s.unseen}>Underlined</span>: words that no
        reference has.
        {page.predictions.some(({ attention }) => (attention?.grid ?? null) !== null) &&
          ' Point at a word of a caption, or go there with the arrow keys: its image stays bright where the model looked.'}
        {similarity !== null && ` ${similarity.meaning}`}
      </p>
      <ul className={s.cards}>
        {page.predictions.map((prediction) => (
          <CaptionCard
            key={prediction.imageId}
            prediction={prediction}
            scores={scores}
            similarity={similarity}
          />
        ))}
      </ul>
      <Pages trialId={trialId} page={page} query={query} trainingId={trainingId} />
    </>
  );
}

function describePage({ total, predictions }: PredictionsPage, query: PredictionsQuery): string {
  const filter = query.search === '' ? '' : ` with “${query.search}”`;
  if (total === 0) return `No image${filter}.`;
  if (predictions.length === 0) return `Only ${countOf(total, 'image')}${filter}; go back a page.`;
  if (predictions.length === total) return `${countOf(total, 'image')}${filter}.`;
  const first = formatCount(query.offset + 1);
  const last = formatCount(query.offset + predictions.length);
  return `Images ${first}–${last} of ${formatCount(total)}${filter}.`;
}

function Pages({ trialId, page, query, trainingId }: Omit<CaptionBrowserProps, 'spec' | 'scores'>) {
  const pages = Math.ceil(page.total / PAGE_SIZE);
  const current = pageOf(query);
  const hrefOf = (number: number) =>
    `${trialHref(trialId, query, { trainingId, page: number })}#captions`;
  if (pages <= 1) return null;
  return (
    <nav aria-label="Pages of captions" className={s.pages}>
      {current > 1 && <Link href={hrefOf(current - 1)}>Previous</Link>}
      <span>
        Page {formatCount(current)} of {formatCount(pages)}
      </span>
      {current < pages && <Link href={hrefOf(current + 1)}>Next</Link>}
    </nav>
  );
}
