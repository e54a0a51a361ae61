import { invalid } from '../errors.ts';
import type { Action, Condition, Parsed, Path } from './ast.ts';
import { parseCondition } from './parse-condition.ts';
import { parseAssigned, parseOperand, parsePath } from './parse-operand.ts';
import { type Tokens, tokensOf } from './tokens.ts';

/** Condition, filter and key condition expressions. Each text is parsed once. */
export const parsedCondition: (expression: string) => Parsed<Condition> = onceForEach(parseCondition);

/** Update expressions: their actions, in order. */
export const parsedUpdate: (expression: string) => Parsed<readonly Action[]> = onceForEach(parseUpdate);

export const parsedProjection: (expression: string) => Parsed<readonly Path[]> = onceForEach((tokens) =>
  listOf(tokens, parsePath),
);

function onceForEach<T>(parse: (tokens: Tokens) => T): (expression: string) => Parsed<T> {
  const known = new Map<string, Parsed<T>>();
  return (expression) => {
    const found = known.get(expression) ?? parseAll(expression, parse);
    known.set(expression, found);
    return found;
  };
}

function parseAll<T>(expression: string, parse: (tokens: Tokens) => T): Parsed<T> {
  const tokens = tokensOf(expression);
  const tree = parse(tokens);
  if (!tokens.isAtEnd()) throw tokens.error('wants no more');
  const mentioned = expression.match(/[#:]\w+/g) ?? [];
  return {
    tree,
    names: new Set(mentioned.filter((name) => name.startsWith('#'))),
    values: new Set(mentioned.filter((name) => name.startsWith(':'))),
  };
}

function listOf<T>(tokens: Tokens, parse: (tokens: Tokens) => T): T[] {
  const list = [parse(tokens)];
  while (tokens.skip(',')) list.push(parse(tokens));
  return list;
}

const clauses = {
  SET: (tokens: Tokens): Action => {
    const path = parsePath(tokens);
    tokens.expect('=');
    return { kind: 'SET', path, operand: parseAssigned(tokens) };
  },
  REMOVE: (tokens: Tokens): Action => ({ kind: 'REMOVE', path: parsePath(tokens) }),
  ADD: (tokens: Tokens): Action => ({
    kind: 'ADD',
    path: parsePath(tokens),
    operand: parseOperand(tokens),
  }),
  DELETE: (tokens: Tokens): Action => ({
    kind: 'DELETE',
    path: parsePath(tokens),
    operand: parseOperand(tokens),
  }),
};

function parseUpdate(tokens: Tokens): readonly Action[] {
  const actions: Action[] = [];
  const seen = new Set<string>();
  while (!tokens.isAtEnd()) {
    const word = tokens.next().toUpperCase();
    const parseOne = Object.entries(clauses).find(([clause]) => clause === word)?.[1];
    if (parseOne === undefined) throw tokens.error(`wants SET, REMOVE, ADD or DELETE, not '${word}'`);
    if (seen.has(word)) throw invalid(`The "${word}" section can only be used once in an update expression`);
    seen.add(word);
    actions.push(...listOf(tokens, parseOne));
  }
  refuseOverlaps(actions);
  return actions;
}

/** Two actions on one path, or on a path and its parent. */
function refuseOverlaps(actions: readonly Action[]): void {
  const texts = actions.map(({ path }) => `${path.parts.join('/')}/`);
  const seen = new Set(texts);
  const isUnderAnother = texts.some((text) =>
    texts.some((other) => other !== text && text.startsWith(other)),
  );
  if (seen.size < texts.length || isUnderAnother)
    throw invalid(`Two document paths overlap with each other: ${texts.join(', ')}`);
}
