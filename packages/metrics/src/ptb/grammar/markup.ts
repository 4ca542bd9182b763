/** SGML tags and entities. */
import type { Rule } from '../rule.js';
import { withoutBlanks } from '../written-form.js';

export const MARKUP: readonly Rule[] = [
  // <b>, </b>, <br />, <img src='a b.jpg'>
  { token: String.raw`"<" "/"? tagName (blank+ attribute)* blank* "/"? ">"`, as: withoutBlanks },
  // <!-- c -->, <?xml ?>
  { token: String.raw`"<" [!?] [A-Za-z\-] [^>]* ">"`, as: withoutBlanks },
  { token: '"&amp;"', as: '&' },
  { token: '"&nbsp;"', as: null },
  { token: '"<" | "&lt;"', as: '<' },
  { token: '">" | "&gt;"', as: '>' },
  { token: '"<<" | ">>"' },
  // &#39;, &rsquo;
  { token: String.raw`"&#" ([0-9]+ | "x" [0-9A-Fa-f]+) ";" | "&" [lLrRbBsS] [sSdDaA] "quo" ";"` },
];
