import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, published, noRepeat, everyEvent } = promises;
const neverGathers = 'the workers of the simulation make each write at once, as a batch of one';

const gathering = mutantsOf(
  {
    file: 'lambdas/adapters/dynamodb/gathered-writes.ts',
    caughtBy: 'test/adapters/dynamodb/gathered-writes.test.ts',
    outsideSimulation: neverGathers,
  },
  [
    {
      name: 'a throttled statement counts as written',
      breaks: deliveryEnds,
      from: "return { kind: 'failed' };",
      to: "return { kind: 'written', item: Item };",
    },
    {
      name: 'a throttled statement counts as refused',
      breaks: published,
      from: "return { kind: 'failed' };",
      to: "return { kind: 'refused', item: error.Item };",
    },
    {
      name: 'a refusal without an item counts as one by a missing item',
      breaks: deliveryEnds,
      from: "? { kind: 'refused-by-unknown' }",
      to: "? { kind: 'refused', item: undefined }",
    },
    {
      name: 'one lost answer fails a whole batch',
      breaks: published,
      from: '  } catch {\n    return [];',
      to: '  } catch (error) {\n    throw error;',
    },
    {
      name: 'one item is twice in a batch',
      breaks: published,
      from: 'if (waiting.some(({ key }) => key === write.key)) return write.single();',
      to: '',
    },
    {
      name: 'answers go to the wrong writes of a batch',
      breaks: noRepeat,
      from: 'const answer = answers[nth];',
      to: 'const answer = answers[answers.length - 1 - nth];',
    },
  ],
);

const statements = mutantsOf(
  {
    file: 'lambdas/adapters/dynamodb/statements.ts',
    caughtBy: 'test/adapters/dynamodb/evaluator-contracts.test.ts',
  },
  [
    {
      name: 'a statement has no condition',
      breaks: noRepeat,
      from: ' AND (${written(condition)}) RETURNING',
      to: ' AND (${written(condition)} OR "id" IS NOT MISSING) RETURNING',
    },
    {
      name: 'a statement removes no attribute',
      breaks: everyEvent,
      from: 'if (set[name] === undefined) clauses.push(`REMOVE "${name}"`);',
      to: 'if (set[name] === undefined) clauses.push();',
    },
    {
      name: 'an update that may create its item is a statement, which creates none',
      breaks: published,
      from: 'if (changesOnly !== true || condition === undefined || more !== undefined) return undefined;',
      to: "if (condition === undefined || more !== undefined || condition.includes('<>')) return undefined;",
      caughtBy: 'test/adapters/dynamodb/gathered-writes.test.ts',
    },
  ],
);

const turns = mutantsOf(
  {
    file: 'lambdas/adapters/dynamodb/deliveries/turns.ts',
    caughtBy: 'test/adapters/dynamodb/repeated-turns.test.ts',
  },
  [
    {
      name: 'a claim or a deferral whose answer is lost is refused by itself',
      breaks: deliveryEnds,
      from: 'if (ok || isDone(set, item)) return',
      to: 'if (ok) return',
    },
  ],
);

const tokens = mutantsOf(
  {
    file: 'lambdas/adapters/dynamodb/new-token.ts',
    caughtBy: 'test/adapters/dynamodb/repeated-turns.test.ts',
  },
  [
    {
      name: 'all claims and deferrals of a process are one turn',
      breaks: noRepeat,
      from: '(tokens++).toString(36)',
      to: 'tokens.toString(36)',
    },
  ],
);

export const gatheredWriteMutants = [...gathering, ...statements, ...turns, ...tokens];
