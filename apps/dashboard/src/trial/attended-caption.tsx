'use client';
/** A caption beside its image, which shows where the model looked at the word that is pointed at. */
import type { AttentionMaps } from '@capgrid/contracts';
import { Fragment, type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import s from './attended-caption.module.css';
import { describeLook, type Look } from './describe-look';
import type { CaptionWord } from './mark-unseen-words';
import { WordText } from './word-text';

type Grid = NonNullable<AttentionMaps['grid']>;

type AttendedCaptionProps = {
  words: CaptionWord[];
  maps: AttentionMaps;
  grid: Grid;
  image: ReactNode;
  /** What comes behind the last word. */
  ending: ReactNode;
  className: string | undefined;
};

export function AttendedCaption({
  words,
  maps,
  grid,
  image,
  ending,
  className,
}: AttendedCaptionProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const [focused, setFocused] = useState<number | null>(null);
  const shown = pointed ?? focused;
  // All words are one stop of the tab key; the arrow keys go from word to word.
  const [stop, setStop] = useState(0);
  const buttons = useRef<(HTMLButtonElement | null)[]>([]);
  const look = lookAt(shown, words, maps, grid);

  const move = (event: KeyboardEvent): void => {
    const next = wordAfter(event.key, stop, words.length);
    if (next === null || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    buttons.current[next]?.focus();
  };
  return (
    <>
      <div className={s.figure}>
        <div className={s.picture}>
          {image}
          {look !== null && <Shade grid={grid} shares={look.shares} />}
        </div>
        <p role="status" className={s.where}>
          {look?.text}
        </p>
      </div>
      <div
        role="toolbar"
        aria-label={`Where the model looked: ${words.map(({ text }) => text).join(' ')}`}
        className={`${s.words} ${className ?? ''}`}
        onKeyDown={move}
        // A finger leaves where it taps; what it has tapped stays shown.
        onPointerLeave={({ pointerType }) => pointerType === 'mouse' && setPointed(null)}
      >
        {words.map((word, index) => (
          // Words of a caption never change places.
          <Fragment key={`${index} ${word.text}`}>
            {index > 0 && ' '}
            <button
              ref={(element) => {
                buttons.current[index] = element;
              }}
              type="button"
              className={index === shown ? s.pointed : s.word}
              tabIndex={index === stop ? 0 : -1}
              onPointerEnter={() => setPointed(index)}
              onFocus={() => {
                setStop(index);
                setFocused(index);
                setPointed(null);
              }}
              onBlur={() => setFocused(null)}
            >
              <WordText word={word} />
            </button>
          </Fragment>
        ))}
        {ending}
      </div>
    </>
  );
}

function lookAt(
  index: number | null,
  words: readonly CaptionWord[],
  maps: AttentionMaps,
  grid: Grid,
): Look | null {
  if (index === null) return null;
  const [word, attention] = [words[index], maps.words[index]];
  return word === undefined || attention === undefined
    ? null
    : describeLook(word.text, attention, grid, maps);
}

function wordAfter(key: string, index: number, count: number): number | null {
  switch (key) {
    case 'ArrowRight':
      return Math.min(index + 1, count - 1);
    case 'ArrowLeft':
      return Math.max(index - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

/** Of what is darkened where nothing was looked at. */
const DARKEST = 0.82;

/** Leaves bright what was looked at; it says nothing by colour. */
function Shade({ grid: { rows, columns }, shares }: { grid: Grid; shares: readonly number[] }) {
  return (
    <svg
      viewBox={`0 0 ${columns} ${rows}`}
      preserveAspectRatio="none"
      shapeRendering="crispEdges"
      aria-hidden
      className={s.shade}
    >
      {shares.map((share, cell) => (
        <rect
          // Cells of a grid have no other name than their place.
          key={cell}
          x={cell % columns}
          y={Math.floor(cell / columns)}
          width={1}
          height={1}
          fillOpacity={(DARKEST * (1 - share)).toFixed(3)}
        />
      ))}
    </svg>
  );
}
