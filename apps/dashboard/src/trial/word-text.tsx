import s from './captions.module.css';
import type { CaptionWord } from './mark-unseen-words';

/** Marked where no reference has the word. */
export function WordText({ word }: { word: CaptionWord }) {
  return word.isUnseen ? <mark className={s.unseen}>{word.text}</mark> : word.text;
}
