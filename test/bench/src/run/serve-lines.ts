/** The child's side of `LineChild`: answers each line on stdin with one line of JSON. */
import { createInterface } from 'node:readline';
import type { Answer } from './line-child.js';

/** A line is the name of a command and numbers. Ends when stdin does. */
export async function serveLines(
  ready: Answer,
  commands: Readonly<Record<string, (...numbers: number[]) => Answer | Promise<Answer>>>,
): Promise<void> {
  send(ready);
  for await (const line of createInterface({ input: process.stdin })) {
    const [name = '', ...numbers] = line.split(' ');
    const command = commands[name];
    if (command === undefined) {
      throw new RangeError(`"${name}" is none of ${Object.keys(commands).join(', ')}.`);
    }
    send(await command(...numbers.map(Number)));
  }
}

function send(answer: Answer): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
