import { fillPath, imageRoute, SCORE_PRINT, type Prediction } from '@capgrid/contracts';
import { Fragment } from 'react';
import { formatFixed } from '../numbers/format-number';
import s from './captions.module.css';
import { markUnseenWords } from './mark-unseen-words';

const SHOWN_SCORES = ['ciderD', 'meteor', 'bleu4', 'rougeL', 'spice'] as const;

export function CaptionCard({ prediction }: { prediction: Prediction }) {
  const words = markUnseenWords(prediction.caption, prediction.references);
  const unseen = words.filter((word) => word.isUnseen);
  return (
    <li className={s.card}>
      {/* The bytes of the dataset as they are; Next's image service would only copy them. */}
      <img
        src={fillPath(imageRoute, { sha256: prediction.imageSha256 })}
        alt={`${prediction.fileName} of the dataset`}
        loading="lazy"
        className={s.image}
      />
      <div className={s.words}>
        <p className={s.prediction}>
          {words.length === 0 && <span className={s.soft}>(empty caption)</span>}
          {words.map((word, index) => (
            <Fragment key={`${index} ${word.text}`}>
              {index > 0 && ' '}
              {word.isUnseen ? <mark className={s.unseen}>{word.text}</mark> : word.text}
            </Fragment>
          ))}
          {!prediction.isFinished && <span className={s.soft}> (cut at the longest length)</span>}
        </p>
        {unseen.length > 0 && (
          <p className="spoken">In no reference: {unseen.map((word) => word.text).join(', ')}</p>
        )}
        <ul className={s.references} aria-label="References">
          {prediction.references.map((reference, index) => (
            <li key={`${index} ${reference}`}>{reference}</li>
          ))}
        </ul>
        <dl className={s.scores}>
          {SHOWN_SCORES.map((score) => (
            <Score
              key={score}
              label={SCORE_PRINT[score].label}
              value={prediction.scores[score] ?? null}
            />
          ))}
          <div>
            <dt>image</dt>
            <dd>{prediction.imageId}</dd>
          </div>
        </dl>
      </div>
    </li>
  );
}

/** Times 100, as in the results table. */
function Score({ label, value }: { label: string; value: number | null }) {
  if (value === null) return null;
  return (
    <div>
      <dt>{label}</dt>
      <dd>{formatFixed(value * 100, 1)}</dd>
    </div>
  );
}
