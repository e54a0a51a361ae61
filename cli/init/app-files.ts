import type { ProviderName } from '../../lambdas/domain/provider/catalogue.ts';

/** A source to begin with. */
export interface FirstSource {
  readonly name: string;
  readonly provider: ProviderName;
}

/** How the app's own files are written. */
export interface Style {
  /** The end of an import of a file of the app: `.ts`, `.js`, or nothing in a CommonJS project. */
  readonly ending: '.ts' | '.js' | '';
  readonly quote: "'" | '"';
  /** The library that the app's tests import `test` from. Jest has it as a global. */
  readonly tests: 'jest' | 'vitest' | 'node:test';
}

export const handlersFile = 'webhooks/handlers.ts';
export const testFile = 'test/webhooks.test.ts';

/** The name as a property's: `stripe`, or `'github-app'` in quotes, as its hyphen needs. */
const keyOf = (name: string): string => (/^[a-z_]\w*$/i.test(name) ? name : `'${name}'`);

/** The file of the handlers of all sources. */
export const handlersText = (
  source: FirstSource,
): string => `import { defineHandlers, type Handlers } from 'hookline/handlers';

/** What happens with each event, by the name of its source and by its type. */
export const handlers = {
  ${keyOf(source.name)}: defineHandlers('${source.provider}', {
    // Every type. Name one to handle it alone, e.g. 'invoice.paid'; an error that is thrown here is retried.
    // After a crash the handler runs again with the same event.id: make each of your writes once per id.
    '*': async (event, { log }) => {
      log.info('event.handled', { id: event.id });
    },
  }),
} satisfies Readonly<Record<string, Handlers>>;
`;

/** The lines that put Hookline into the app. */
export const stackLines = (
  app: string,
  source: FirstSource,
): string => `// Webhooks: \`npx hookline start\` deploys this app into an AWS on your laptop, \`npx cdk deploy\` into your account.
new WebhookStack(${app}, 'Hookline', {
  // Each source gets the URL …/webhooks/<name>. After the deploy, store its secret: npx hookline secrets set ${source.name}
  sources: { ${keyOf(source.name)}: { provider: '${source.provider}' } },
  handlersRegistry: '${handlersFile}',
});
`;

const imports = {
  jest: '',
  vitest: "import { expect, test } from 'vitest';\n",
  'node:test': "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\n",
} satisfies Record<Style['tests'], string>;

/** A test that runs the handler with a signed event, without AWS. */
export function testText({ name, provider }: FirstSource, { ending, tests }: Style): string {
  const outcome =
    tests === 'node:test' ? "assert.equal(status, 'processed');" : "expect(status).toBe('processed');";
  return `${imports[tests]}import { signed, testHandlers } from 'hookline/testing';
import { handlers } from '../webhooks/handlers${ending}';

test('an event of ${name} is handled', async () => {
  const handler = testHandlers(handlers${accessOf(name)});

  const { status } = await handler(signed${accessOf(provider)}());

  ${outcome}
});
`;
}

/** The name as a member's: `.stripe`, or `['github-app']`, as its hyphen needs. */
const accessOf = (name: string): string => (/^[a-z_]\w*$/i.test(name) ? `.${name}` : `['${name}']`);
