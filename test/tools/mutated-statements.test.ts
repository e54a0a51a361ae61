import { expect, it } from 'vitest';
import type { PlacedMutant } from '../../tools/mutation/report.ts';
import { roundOf, statementOf, withStatements } from '../../tools/mutation/statements.ts';

const source = `const limit = 5;

/** Whether it is full. */
export function isFull(
  count: number,
): boolean {
  return count > limit;
}

const other = [
  1,
];
`;
const mutantAt = (line: number, mutated: string, id = `${line}`, file = 'a.ts'): PlacedMutant => ({
  id,
  file,
  first: line,
  last: line,
  source,
  mutated,
});
const limit = statementOf(mutantAt(1, 'const limit = 6;'));
const isFull = statementOf(mutantAt(7, '  return true;'));
const other = statementOf(mutantAt(11, '  2,\n  3,'));

it('a mutant is in the statement at the left margin that is around it', () => {
  expect(isFull).toMatchObject({ first: 4, last: 9, name: undefined });
  expect(isFull.text).toContain('): boolean {\n  return true;\n}');
  expect(other).toMatchObject({ first: 10, name: 'other', text: 'const other = [\n  2,\n  3,\n];\n' });
});

it('mutants are compiled together unless they are in one statement, or one names what the other declares without its type', () => {
  const again = statementOf(mutantAt(7, '  return false;', 'again'));
  const user = statementOf(mutantAt(7, '  return count > limit + 1;', 'user'));
  const elsewhere = statementOf(mutantAt(11, '  isFull, limit,', 'elsewhere', 'b.ts'));

  expect(roundOf([isFull, again, other])).toEqual([isFull, other]);
  expect(roundOf([limit, user])).toEqual([limit]);
  expect(roundOf([isFull, elsewhere])).toEqual([isFull, elsewhere]);
  expect(roundOf([limit, elsewhere])).toEqual([limit]);
});

it('the lines of each mutant are known in the file with all of them', () => {
  const { text, places } = withStatements(source, [isFull, other]);

  const lines = text.split('\n');
  const textAt = places.map(({ first, last }) => lines.slice(first - 1, last).join('\n'));
  expect(textAt).toEqual([isFull.text, other.text]);
  expect(text).toContain('const limit = 5;\n\n/** Whether it is full. */\nexport function isFull(');
});
