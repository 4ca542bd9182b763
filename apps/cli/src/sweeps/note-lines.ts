/** What a sweep spec says in vain; no fault, so it stands beside what is printed anyway. */
import { issueLine, type SweepPreview } from '@capgrid/contracts';
import { printable } from '../table/printable.js';

/** `note: base.decode.temperature is 0.5: no trial reads it …`, a line each. */
export function noteLines({ notes }: Pick<SweepPreview, 'notes'>): string[] {
  return notes.map((note) => printable(`note: ${issueLine(note)}`));
}
