import { UnknownToStandInError } from '../errors.ts';
import type { Operand, Path, PathPart } from './ast.ts';
import type { Tokens } from './tokens.ts';

/** Names that our adapters write without `#`. Any other may be one of DynamoDB's 573 reserved words. */
const plainNames: ReadonlySet<string> = new Set(['id', 'fingerprint', 'expiresAt']);
const isName = /^(#\w+|[A-Za-z_]\w*)$/;

export function parsePath(tokens: Tokens): Path {
  const parts: PathPart[] = [parseName(tokens)];
  for (;;) {
    if (tokens.skip('.')) parts.push(parseName(tokens));
    else if (tokens.skip('[')) {
      const index = Number(tokens.next());
      if (!Number.isSafeInteger(index)) throw tokens.error('wants a place in the list');
      parts.push(index);
      tokens.expect(']');
    } else return { kind: 'path', parts };
  }
}

function parseName(tokens: Tokens): string {
  const name = tokens.next();
  if (!isName.test(name)) throw tokens.error(`wants a name, not '${name}'`);
  if (!name.startsWith('#') && !plainNames.has(name))
    throw new UnknownToStandInError(`whether '${name}' is a reserved word; write #${name}`);
  return name;
}

/** What stands on one side of a comparison. */
export function parseOperand(tokens: Tokens): Operand {
  const next = tokens.peek();
  if (next.startsWith(':')) return { kind: 'value', name: tokens.next() };
  if (next === 'size') return { kind: 'size', path: parseSize(tokens) };
  return parsePath(tokens);
}

function parseSize(tokens: Tokens): Path {
  tokens.next();
  tokens.expect('(');
  const path = parsePath(tokens);
  tokens.expect(')');
  return path;
}

/** What an attribute is set to. */
export function parseAssigned(tokens: Tokens): Operand {
  const left = parseTerm(tokens);
  if (tokens.skip('+')) return { kind: 'sum', sign: 1, left, right: parseTerm(tokens) };
  if (tokens.skip('-')) return { kind: 'sum', sign: -1, left, right: parseTerm(tokens) };
  return left;
}

function parseTerm(tokens: Tokens): Operand {
  switch (tokens.peek()) {
    case 'if_not_exists': {
      tokens.next();
      tokens.expect('(');
      const path = parsePath(tokens);
      tokens.expect(',');
      const otherwise = parseTerm(tokens);
      tokens.expect(')');
      return { kind: 'if_not_exists', path, otherwise };
    }
    case 'list_append': {
      tokens.next();
      tokens.expect('(');
      const first = parseTerm(tokens);
      tokens.expect(',');
      const second = parseTerm(tokens);
      tokens.expect(')');
      return { kind: 'list_append', first, second };
    }
    default:
      return parseOperand(tokens);
  }
}
