import { plainText } from '../../local/plain-text.ts';

/** What a command answers on standard output: with `--json` one value for a program, else words for a person. */
export function print({ json }: { readonly json?: boolean }, value: unknown, words: string): void {
  console.log(json ? plainText(JSON.stringify(value, undefined, 2)) : words);
}
