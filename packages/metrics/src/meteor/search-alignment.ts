/**
 * METEOR's search for the best alignment: a beam that walks the reference from left to right. Its
 * oddities decide which of several alignments wins, and so the score; they are kept and named here.
 */
import { candidateEnd, matchDistance, searchWorth, type Match } from './match.js';

/** Paths kept at each position. */
export const BEAM_SIZE = 40;

/**
 * The chosen matches in the order of the reference.
 *
 * @param matchesAt possible matches by the reference position they start at, in METEOR's order
 * @param fixedAt per reference position the match that nothing competes with: part of every path
 */
export function searchAlignment(
  matchesAt: readonly (readonly Match[])[],
  fixedAt: readonly (Match | null)[],
): Match[] {
  let beam: Path[] = [
    { position: 0, worth: 0, chunks: 0, openEnd: null, distance: 0, last: null, usedBits: 0 },
  ];
  for (let position = 0; position < matchesAt.length; position++) {
    const options = (matchesAt[position] ?? []).map(toOption);
    const isFixed = fixedAt[position] !== null;
    const next: Path[] = [];
    for (const path of beam) {
      // Inside a phrase. METEOR drops a path that stands on a used word for any other reason; there
      // is none, as only fixed matches are taken ahead and nothing competes with those.
      if (path.position > position) insert(next, path);
      else expand(path, options, isFixed, next);
    }
    beam = next;
  }
  // The last chunk of each path is closed only now, after the beam was cut for the last time.
  const closed: Path[] = [];
  for (const path of beam) insert(closed, skip(path, path.position));
  return chosenMatches(closed[0]?.last ?? null);
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
}

/** The chosen matches, last one first: paths share what they have in common. */
interface Choice {
  readonly match: Match;
  readonly previous: Choice | null;
}

/** A possible match with what every path asks about it. */
interface Option {
  readonly match: Match;
  readonly candidateStart: number;
  readonly worth: number;
  readonly distance: number;
  readonly bits: number;
}

function toOption(match: Match): Option {
  let bits = 0;
  for (let word = match.candidateStart; word < candidateEnd(match); word++)
    bits |= 1 << (word & 31);
  return {
    match,
    candidateStart: match.candidateStart,
    worth: searchWorth(match),
    distance: matchDistance(match),
    bits,
  };
}

/**
 * Continues a path by each match that is still free, and by none. METEOR adds the distance of a
 * match to the wrong path: not to the one that takes the match, but to those that are made after it.
 * Only a fixed match is counted where it belongs; nothing is made after it.
 */
function expand(path: Path, options: readonly Option[], isFixed: boolean, next: Path[]): void {
  for (const option of options) {
    if ((path.usedBits & option.bits) !== 0 && !isFree(path.last, option.match)) continue;
    if (isFixed) path.distance += option.distance;
    const breaksChunk = path.openEnd !== null && path.openEnd !== option.candidateStart;
    const worth = path.worth + option.worth;
    const chunks = breaksChunk ? path.chunks + 1 : path.chunks;
    if (isPromising(next, worth, chunks, path.distance)) {
      insert(next, {
        position: option.match.refStart + option.match.refLength,
        worth,
        chunks,
        openEnd: candidateEnd(option.match),
        distance: path.distance,
        last: { match: option.match, previous: path.last },
        usedBits: path.usedBits | option.bits,
      });
    }
    if (isFixed) return;
    path.distance += option.distance;
  }
  insert(next, skip(path, path.position + 1));
}

/** Whether no chosen match uses a candidate word of this one. */
function isFree(last: Choice | null, match: Match): boolean {
  for (let choice = last; choice !== null; choice = choice.previous) {
    const other = choice.match;
    if (other.candidateStart < candidateEnd(match) && match.candidateStart < candidateEnd(other)) {
      return false;
    }
  }
  return true;
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
  for (let choice = last; choice !== null; choice = choice.previous) matches.push(choice.match);
  return matches.reverse();
}
