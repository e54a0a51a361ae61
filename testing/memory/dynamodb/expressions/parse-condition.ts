import type { Comparator, Condition, Operand } from './ast.ts';
import { parseOperand, parsePath } from './parse-operand.ts';
import type { Tokens } from './tokens.ts';

const comparators = ['=', '<>', '<', '<=', '>', '>='] as const satisfies readonly Comparator[];

/** `OR` binds least, then `AND`, then `NOT`. */
export function parseCondition(tokens: Tokens): Condition {
  let left = parseAnd(tokens);
  while (tokens.skip('OR')) left = { kind: 'or', left, right: parseAnd(tokens) };
  return left;
}

function parseAnd(tokens: Tokens): Condition {
  let left = parseNot(tokens);
  while (tokens.skip('AND')) left = { kind: 'and', left, right: parseNot(tokens) };
  return left;
}

const parseNot = (tokens: Tokens): Condition =>
  tokens.skip('NOT') ? { kind: 'not', of: parseNot(tokens) } : parseTest(tokens);

function parseTest(tokens: Tokens): Condition {
  if (tokens.peek() === '(') return parseGroup(tokens);
  const called = parseFunction(tokens);
  if (called !== undefined) return called;
  const left = parseOperand(tokens);
  if (tokens.skip('BETWEEN')) return parseBetween(tokens, left);
  if (tokens.skip('IN')) return { kind: 'in', of: left, any: parseList(tokens) };
  const by = comparators.find((each) => each === tokens.peek());
  if (by === undefined) throw tokens.error('wants a comparison');
  tokens.next();
  return { kind: 'compare', by, left, right: parseOperand(tokens) };
}

function parseGroup(tokens: Tokens): Condition {
  tokens.expect('(');
  const inner = parseCondition(tokens);
  tokens.expect(')');
  return inner;
}

function parseFunction(tokens: Tokens): Condition | undefined {
  const name = tokens.peek();
  switch (name) {
    case 'attribute_exists':
    case 'attribute_not_exists': {
      tokens.next();
      tokens.expect('(');
      const path = parsePath(tokens);
      tokens.expect(')');
      return { kind: 'exists', path, is: name === 'attribute_exists' };
    }
    case 'begins_with':
    case 'contains': {
      tokens.next();
      tokens.expect('(');
      const path = parsePath(tokens);
      tokens.expect(',');
      const operand = parseOperand(tokens);
      tokens.expect(')');
      return { kind: name, path, operand };
    }
    default:
      return undefined;
  }
}

function parseBetween(tokens: Tokens, of: Operand): Condition {
  const low = parseOperand(tokens);
  tokens.expect('AND');
  return { kind: 'between', of, low, high: parseOperand(tokens) };
}

function parseList(tokens: Tokens): Operand[] {
  tokens.expect('(');
  const any = [parseOperand(tokens)];
  while (tokens.skip(',')) any.push(parseOperand(tokens));
  tokens.expect(')');
  return any;
}
