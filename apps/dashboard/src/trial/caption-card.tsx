import { fillPath, imageRoute, type Prediction, toPrintUnit } from '@capgrid/contracts';
import { Fragment } from 'react';
import { formatFixed } from '../numbers/format-number';
import { AlternativeList, showLogProb } from './alternative-list';
import { AttendedCaption } from './attended-caption';
import s from './captions.module.css';
import type { SimilarityWords } from './describe-similarity';
import type { ImageScore } from './image-scores';
import { markUnseenWords } from './mark-unseen-words';
import { WordText } from './word-text';

type CaptionCardProps = {
  prediction: Prediction;
  /** The scores to show of the image, with their names. */
  scores: ImageScore[];
  /** Null for captions that were written. */
  similarity: SimilarityWords | null;
};

export function CaptionCard({ prediction, scores, similarity }: CaptionCardProps) {
  const words = markUnseenWords(prediction.caption, prediction.references);
  const unseen = words.filter((word) => word.isUnseen);
  const { attention, alternatives } = prediction;
  const grid = attention?.grid ?? null;
  const hasMaps = attention !== null && grid !== null;
  const image = (
    // The bytes of the dataset as they are; Next's image service would only copy them.
    <img
      src={fillPath(imageRoute, { sha256: prediction.imageSha256 })}
      alt={`${prediction.fileName} of the dataset`}
      loading="lazy"
      className={s.image}
    />
  );
  const ending = !prediction.isFinished && (
    <span className={s.soft}> (cut at the longest length)</span>
  );
  return (
    <li className={hasMaps ? s.mapped : s.card}>
      {hasMaps ? (
        <AttendedCaption
          words={words}
          maps={attention}
          grid={grid}
          image={image}
          ending={ending}
          className={s.prediction}
        />
      ) : (
        image
      )}
      <div className={s.words}>
        {!hasMaps && (
          <p className={s.prediction}>
            {words.length === 0 && <span className={s.soft}>(empty caption)</span>}
            {words.map((word, index) => (
              <Fragment key={`${index} ${word.text}`}>
                {index > 0 && ' '}
                <WordText word={word} />
              </Fragment>
            ))}
            {ending}
          </p>
        )}
        {unseen.length > 0 && (
          <p className="spoken">In no reference: {unseen.map((word) => word.text).join(', ')}</p>
        )}
        <ul className={s.references} aria-label="References">
          {prediction.references.map((reference, index) => (
            <li key={`${index} ${reference}`}>{reference}</li>
          ))}
        </ul>
        <dl className={s.scores}>
          {scores.map(({ score, label }) => {
            const value = prediction.scores[score];
            if (value === undefined) return null;
            return (
              <div key={score}>
                <dt>{label}</dt>
                <dd>{formatFixed(toPrintUnit(score, value), 1)}</dd>
              </div>
            );
          })}
          {similarity !== null && prediction.similarity !== null && (
            <div>
              <dt>{similarity.label}</dt>
              <dd>{similarity.format(prediction.similarity)}</dd>
            </div>
          )}
          {alternatives.length > 0 && (
            <div>
              <dt>log-probability</dt>
              <dd>{showLogProb(prediction)}</dd>
            </div>
          )}
          <div>
            <dt>image</dt>
            <dd>{prediction.imageId}</dd>
          </div>
        </dl>
        {alternatives.length > 0 && <AlternativeList alternatives={alternatives} />}
      </div>
    </li>
  );
}
