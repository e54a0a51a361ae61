import { invalid } from '../errors.ts';

/** DynamoDB takes an expression of at most 4 KB. */
const maxBytes = 4096;
const token = /\s*(?:([#:]\w+|[A-Za-z_]\w*|\d+|<=|>=|<>|[=<>()[\].,+-])|(\S))/gy;

/** The tokens of an expression, and a place among them. */
export function tokensOf(expression: string) {
  const tokens = tokenize(expression);
  refuseRedundantParentheses(tokens);
  let at = 0;

  const reader = {
    peek: (): string => tokens[at] ?? '',
    next: (): string => tokens[at++] ?? '',
    /** Skips the token, if it is the next one; keywords in any case. */
    skip(wanted: string): boolean {
      const isNext = reader.peek().toUpperCase() === wanted;
      if (isNext) at++;
      return isNext;
    },
    expect(wanted: string): void {
      if (!reader.skip(wanted)) throw reader.error(`wants ${wanted}`);
    },
    isAtEnd: (): boolean => at >= tokens.length,
    error: (what: string): Error =>
      invalid(`Syntax error in '${expression}': ${what} at '${tokens.slice(at, at + 3).join(' ')}'`),
  };
  return reader;
}
export type Tokens = ReturnType<typeof tokensOf>;

function tokenize(expression: string): string[] {
  if (expression.trim() === '') throw invalid('The expression can not be empty');
  if (Buffer.byteLength(expression) > maxBytes)
    throw invalid(`Expression size has exceeded the maximum allowed size of ${maxBytes} bytes`);
  const found: string[] = [];
  for (const [, text, wrong] of expression.trim().matchAll(token)) {
    if (wrong !== undefined) throw invalid(`Syntax error in '${expression}': the character '${wrong}'`);
    if (text !== undefined) found.push(text);
  }
  return found;
}

/** `((a))`. */
function refuseRedundantParentheses(tokens: readonly string[]): void {
  const open: number[] = [];
  const ends = new Map<number, number>();
  for (const [at, token] of tokens.entries()) {
    if (token === '(') open.push(at);
    if (token === ')') ends.set(open.pop() ?? -1, at);
  }
  for (const [at, end] of ends)
    if (ends.get(at + 1) === end - 1) throw invalid('The expression has redundant parentheses');
}
