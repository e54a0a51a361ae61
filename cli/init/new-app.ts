import {
  type FirstSource,
  handlersFile,
  handlersText,
  type Style,
  stackLines,
  testFile,
  testText,
} from './app-files.ts';
import type { Change } from './changes.ts';

/** The versions that a new app begins with: those that this project is tested with. */
export const versions = {
  'aws-cdk-lib': '2.276.0',
  constructs: '10.8.1',
  '@types/node': '24.19.2',
  'aws-cdk': '2.1148.1',
  typescript: '7.0.2',
} as const;

const style: Style = { ending: '.ts', quote: "'", tests: 'node:test' };

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

const entryText = (source: FirstSource): string => `import { App } from 'aws-cdk-lib';
import { WebhookStack } from 'hookline';

const app = new App();

${stackLines('app', source)}`;

/** The files of a new CDK app in which Hookline is the only stack. It needs Node 22.18, which runs TypeScript as it is. */
export function newApp(name: string, source: FirstSource, hookline: string): readonly Change[] {
  const { 'aws-cdk-lib': cdkLib, constructs, ...devDependencies } = versions;
  const files = {
    'package.json': json({
      name,
      private: true,
      type: 'module',
      engines: { node: '>=22.18' },
      scripts: {
        start: 'hookline start',
        test: "node --test 'test/**/*.test.ts'",
        check: 'tsc',
        deploy: 'cdk deploy',
      },
      dependencies: { 'aws-cdk-lib': cdkLib, constructs, hookline },
      devDependencies,
    }),
    'cdk.json': json({ app: 'node bin/webhooks.ts' }),
    'tsconfig.json': json({
      compilerOptions: {
        target: 'ES2023',
        module: 'NodeNext',
        types: ['node'],
        noEmit: true,
        strict: true,
        skipLibCheck: true,
        allowImportingTsExtensions: true,
        erasableSyntaxOnly: true,
        verbatimModuleSyntax: true,
      },
      include: ['bin', 'test', 'webhooks'],
    }),
    '.gitignore': 'node_modules\ncdk.out\n.local\n',
    'bin/webhooks.ts': entryText(source),
    [handlersFile]: handlersText(source),
    [testFile]: testText(source, style),
  };
  return Object.entries(files).map(([path, after]) => ({ path, before: undefined, after }));
}
