import { plainText } from '../../local/plain-text.ts';

/** Prints a command's result on standard output: with `--json` the value as JSON, else the text. */
export function print({ json }: { readonly json?: boolean }, value: unknown, text: string): void {
  console.log(json ? plainText(JSON.stringify(value, undefined, 2)) : text);
}
