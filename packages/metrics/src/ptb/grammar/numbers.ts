/** Numbers, money and telephone numbers. */
import type { Rule } from '../rule.js';
import { namedBrackets, withoutBlanks } from '../written-form.js';

const phone = (covered: string) => namedBrackets(withoutBlanks(covered));

export const NUMBERS: readonly Rule[] = [
  // 5, 1,000, 10:30, -5, .5
  { token: 'number' },
  // m2 and x2 with the digit raised or lowered
  {
    token: String.raw`[\u207A\u207B\u208A\u208B]? [\u00B2\u00B3\u00B9\u2070\u2074-\u2079\u2080-\u2089]+`,
  },
  // 1/2, 5 3/4, 5-3/4
  {
    token: String.raw`(digit{1,4} (blank | "-"))? digit{1,4} [\/\u2044] digit{1,4}`,
    as: withoutBlanks,
  },
  { token: String.raw`[\u00BC]`, as: '1/4' },
  { token: String.raw`[\u00BD]`, as: '1/2' },
  { token: String.raw`[\u00BE]`, as: '3/4' },
  { token: String.raw`[\u2153]`, as: '1/3' },
  { token: String.raw`[\u2154]`, as: '2/3' },
  // $, US$
  { token: '[A-Z]* "$"' },
  // The Penn Treebank knows two signs of money.
  { token: String.raw`[\u00A3]`, as: '#' },
  { token: String.raw`[\u20AC\u00A4\u20A0\u0080]`, as: '$' },
  { token: String.raw`[\u00A2]`, as: 'cents' },
  // (555) 555-1234, 555 555 1234, 555.555.1234
  {
    token: String.raw`("(" digit{2,3} ")" blank? | ("+" "+"?)? (digit{2,4} phoneGap)? digit{2,4} phoneGap)
                      digit{3,4} phoneGap? digit{3,5}`,
    as: phone,
  },
  { token: String.raw`("+" "+"?)? digit{2,4} "." digit{2,4} "." digit{3,5}` },
];
