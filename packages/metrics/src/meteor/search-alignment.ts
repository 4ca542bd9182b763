/**
 * METEOR's search for the best alignment: a beam that walks the reference from left to right. Its
 * oddities decide which of several alignments wins, and so the score; they are kept and named here.
 */

import { candidateEnd, placeMatch, type Match, type PossibleMatch } from './match.js';

export interface Alignment {
  /** The chosen matches in the order of the reference. */
  readonly matches: readonly Match[];
  /** Matches tried by the search and integers of word sets copied; 0 where nothing was searched. */
  readonly steps: number;
}

/** Paths kept at each position. */
const BEAM_SIZE = 40;

/**
 * Time: 40 paths try at most all possible matches of each reference position, and a try takes the
 * time of the phrase's words. So a word that the candidate repeats n times and the reference m times
 * takes 40 n m steps, and captions of a dozen different words a few hundred.
 *
 * @param matchesAt possible matches by the reference position they start at, in METEOR's order
 * @param fixedAt per reference position the match that nothing competes with: part of every path
 */
export function searchAlignment(
  matchesAt: readonly (readonly PossibleMatch[])[],
  fixedAt: readonly (PossibleMatch | null)[],
  candidateLength: number,
): Alignment {
  const none = new Uint32Array(candidateLength > 32 ? Math.ceil(candidateLength / 32) : 0);
  let beam: Path[] = [
    {
      position: 0,
      worth: 0,
      chunks: 0,
      openEnd: null,
      distance: 0,
      last: null,
      usedBits: 0,
      usedWords: none,
    },
  ];
  let steps = 0;
  for (const [position, options] of matchesAt.entries()) {
    const isFixed = fixedAt[position] !== null;
    const next: Path[] = [];
    for (const path of beam) {
      // Inside a phrase. METEOR drops a path that stands on a used word for any other reason; there
      // is none, as only fixed matches are taken ahead and nothing competes with those.
      if (path.position > position) insert(next, path);
      else steps += expand(path, options, isFixed, next);
    }
    beam = next;
  }
  // The last chunk of each path is closed only now, after the beam was cut for the last time.
  const closed: Path[] = [];
  for (const path of beam) insert(closed, skip(path, path.position));
  return { matches: chosenMatches(closed[0]?.last ?? null), steps };
}

/** What decides which of two paths is better. */
interface Rank {
  readonly worth: number;
  /** Chunks that are closed. */
  readonly chunks: number;
  readonly distance: number;
}

/** A partial alignment. A path that goes on without a match is changed in place. */
interface Path extends Rank {
  /** The reference position to decide next. */
  position: number;
  chunks: number;
  distance: number;
  /** Where the open chunk would go on in the candidate; null without an open chunk. */
  openEnd: number | null;
  readonly last: Choice | null;
  /** Bit (position mod 32) of each candidate word in use. */
  readonly usedBits: number;
  /** The same by word, 32 to an integer; empty where `usedBits` says it all. */
  readonly usedWords: Uint32Array;
}

/** The chosen matches, last one first: paths share what they have in common. */
interface Choice {
  readonly refStart: number;
  readonly match: PossibleMatch;
  readonly previous: Choice | null;
}

/**
 * Continues a path by each match that is still free, and by none. METEOR adds the distance of a
 * match to the wrong path: not to the one that takes the match, but to those that are made after it.
 * Only a fixed match is counted where it belongs; nothing is made after it.
 *
 * @returns steps
 */
function expand(
  path: Path,
  options: readonly PossibleMatch[],
  isFixed: boolean,
  next: Path[],
): number {
  const refStart = path.position;
  const { usedBits, usedWords } = path;
  let steps = 1;
  for (const match of options) {
    steps += 1;
    if ((usedBits & match.candidateBits) !== 0 && isUsed(usedWords, match)) continue;
    const distance = Math.abs(refStart - match.candidateStart);
    if (isFixed) path.distance += distance;
    const breaksChunk = path.openEnd !== null && path.openEnd !== match.candidateStart;
    const worth = path.worth + match.worth;
    const chunks = breaksChunk ? path.chunks + 1 : path.chunks;
    if (isPromising(next, worth, chunks, path.distance)) {
      steps += usedWords.length;
      insert(next, {
        position: refStart + match.refLength,
        worth,
        chunks,
        openEnd: candidateEnd(match),
        distance: path.distance,
        last: { refStart, match, previous: path.last },
        usedBits: usedBits | match.candidateBits,
        usedWords: withWordsOf(usedWords, match),
      });
    }
    if (isFixed) return steps;
    path.distance += distance;
  }
  insert(next, skip(path, refStart + 1));
  return steps;
}

/** Whether a word of a match is in use, given that its bit is. */
function isUsed(usedWords: Uint32Array, match: PossibleMatch): boolean {
  if (usedWords.length === 0) return true;
  for (let word = match.candidateStart; word < candidateEnd(match); word++) {
    if (((usedWords[word >>> 5] ?? 0) & (1 << (word & 31))) !== 0) return true;
  }
  return false;
}

function withWordsOf(usedWords: Uint32Array, match: PossibleMatch): Uint32Array {
  if (usedWords.length === 0) return usedWords;
  const words = usedWords.slice();
  for (let word = match.candidateStart; word < candidateEnd(match); word++) {
    words[word >>> 5] = (words[word >>> 5] ?? 0) | (1 << (word & 31));
  }
  return words;
}

/** Goes on without a match, which closes the open chunk. */
function skip(path: Path, position: number): Path {
  path.position = position;
  if (path.openEnd !== null) path.chunks += 1;
  path.openEnd = null;
  return path;
}

/** Whether a path of this rank would stay in the beam. */
function isPromising(
  beam: readonly Path[],
  worth: number,
  chunks: number,
  distance: number,
): boolean {
  if (beam.length < BEAM_SIZE) return true;
  const last = beam[BEAM_SIZE - 1];
  return last !== undefined && isBetter(worth, chunks, distance, last);
}

/**
 * Keeps a beam sorted and cut, as a stable sort followed by a cut would: among equals the path that
 * was made first stays ahead.
 */
function insert(beam: Path[], path: Path): void {
  const { worth, chunks, distance } = path;
  let place = beam.length;
  for (; place > 0; place--) {
    const ahead = beam[place - 1];
    if (ahead === undefined || !isBetter(worth, chunks, distance, ahead)) break;
    if (place < BEAM_SIZE) beam[place] = ahead;
  }
  if (place < BEAM_SIZE) beam[place] = path;
}

/** More matched words, then fewer chunks, then less distance. */
function isBetter(worth: number, chunks: number, distance: number, other: Rank): boolean {
  if (worth !== other.worth) return worth > other.worth;
  if (chunks !== other.chunks) return chunks < other.chunks;
  return distance < other.distance;
}

function chosenMatches(last: Choice | null): Match[] {
  const matches: Match[] = [];
  for (let choice = last; choice !== null; choice = choice.previous) {
    matches.push(placeMatch(choice.refStart, choice.match));
  }
  return matches.reverse();
}
