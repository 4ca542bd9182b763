/** Addresses and names of accounts. */
import type { Rule } from '../rule.js';

export const WEB: readonly Rule[] = [
  // http://x.com/a?b=c, without the stop behind it
  { token: '"http" "s"? "://" addressPart' },
  // www.test.org
  { token: '"www." addressPart' },
  // example.com/path
  {
    token: `(hostName ".")+ ("com" | "net" | "org" | "edu") ("/" addressPart?)?`,
  },
  // foo@bar.com, <foo@bar.com>
  { token: String.raw`"<"? [A-Za-z0-9] mailCharacter* "@" hostName ("." hostName)* ">"?` },
  // @name
  { token: '"@" [A-Za-z_] [A-Za-z0-9_]*' },
  // #tag; "#1" is two tokens
  { token: '"#" letterCharacter+' },
];

/** Behind abbreviations: `D.C.` is none. */
export const FILE_NAMES: readonly Rule[] = [
  // photo.jpg, my-file_2.tar.gz
  {
    token: String.raw`alphanumeric+ ([._\-] alphanumeric+)* "." fileExtension`,
    before: String.raw`[.?!,] | blank | newline`,
  },
];
