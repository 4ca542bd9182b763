/**
 * The 93 function words of METEOR 1.5 for English (Denkowski and Lavie 2014). They are parameters of the
 * metric: a match of function words weighs 1 - delta, one of content words delta.
 */
const LINES = [
  'the , . of to and a in that for " is on \'s it with was as said at he by be from have has are',
  'his but an this not i will ’ they ) -rrb- ( -lrb- who their had we which were been more or s',
  'its would about new one after you : also up when there than $ all out her people she year two',
  "- can if last first “ over other ” into some what so -- no time years could ? 't — '",
];

export const FUNCTION_WORDS: ReadonlySet<string> = new Set(LINES.join(' ').split(' '));
