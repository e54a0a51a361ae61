import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { RefusedError } from '../terminal/errors.ts';

/** Reads a value from standard input: everything from a pipe, or one hidden line from a terminal. */
export function readSecretInput(what: string): Promise<string> {
  return process.stdin.isTTY ? askHidden(`${what} (not shown): `) : text(process.stdin);
}

function askHidden(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stderr.write(question);
  return new Promise((resolve, reject) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => {
      process.stderr.write('\n');
      reject(new RefusedError('Nothing was stored.'));
    });
  });
}
