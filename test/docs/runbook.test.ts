import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { hooklineProgram } from '../../cli/program.ts';
import { InboundWebhooks } from '../../lib/inbound-webhooks.ts';
import { alarmsOf } from '../lib/support/alarms.ts';
import { quickApp, synth, synthesised } from '../lib/support/synth.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
const sections = page
  .split(/^### /m)
  .slice(1)
  .map((text) => ({ name: text.slice(0, text.indexOf('\n')), text }));

const commandsIn = (text: string): string[] =>
  [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.trim().split('\n'));

/** Types and beginnings of the names of what a command asks for. */
function resourcesIn(command: string): (readonly [type: string, begin: string])[] {
  const groups = [
    ...command.matchAll(/logs (\w+) '/g),
    ...[...command.matchAll(/for part in ([^;]+);/g)].flatMap(([, names = '']) => [
      ...names.matchAll(/(\w+)/g),
    ]),
  ];
  return [
    ...groups.map(([, name]) => ['AWS::Logs::LogGroup', `${name}Logs`] as const),
    ...[...command.matchAll(/\$\(of (AWS::\S+) (\w+)\)/g)].map(
      ([, type = '', begin = '']) => [type, begin] as const,
    ),
  ];
}

const many = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `source-${index}`,
      { provider: 'stripe', quietAfter: Duration.hours(6) } as const,
    ]),
  );
const inboundAlone = new Stack(quickApp(), 'Test');
new InboundWebhooks(inboundAlone, 'Default', { sources: many(2) });
const stacks = [
  synth({ alarmEmail: 'oncall@example.com', sources: many(12) }),
  synth({ alarmEmail: 'oncall@example.com', sources: many(12), isolation: 'shared' }),
  synthesised(inboundAlone),
];
/** The resources of a deployment that only receives, by their logical ids. */
function ofInboundAlone(ids: RegExp): Record<string, { readonly Type: string }> {
  const resources: Record<string, { readonly Type: string }> =
    Template.fromStack(inboundAlone).toJSON()['Resources'];
  return Object.fromEntries(Object.entries(resources).filter(([id]) => ids.test(id)));
}

/** The part after the last `/` of an alarm's path, without its number. */
const nameOf = (path: string): string => path.replace(/^.*\//, '').replace(/-\d+$/, '');
const alarms = stacks.flatMap(alarmsOf);

describe('the runbook', () => {
  test('the runbook has a section for each alarm of the template, and for no other', () => {
    const names = new Set(alarms.map(({ path }) => nameOf(path)));

    expect(sections.map(({ name }) => name).toSorted()).toEqual([...names].toSorted());
  });

  test('the runbook is where each alarm points to', () => {
    const anchors = sections.map(({ name }) => name.toLowerCase());

    for (const { path, description } of alarms) {
      const [, anchor] = /docs\/runbook\.md#(.*)$/.exec(description) ?? [];
      expect(anchor, path).toBe(nameOf(path).toLowerCase());
      expect(anchors, path).toContain(anchor);
    }
  });

  test.each(sections)(
    'the runbook explains $name with its meaning, its cause and its end, and three commands',
    ({ text }) => {
      expect(text).toMatch(/^\*\*Means:\*\* \S/m);
      expect(text).toMatch(/^\*\*Likely:\*\* \S/m);
      expect(text).toMatch(/^\*\*Ends\*\* \S/m);
      expect(commandsIn(text)).toHaveLength(3);
    },
  );

  test('the runbook has only commands that exist, for the stack in question', async () => {
    const program = await hooklineProgram();

    for (const command of sections.flatMap(({ text }) => commandsIn(text))) {
      expect(command).toMatch(/^(npx hookline|logs|aws|for part in) /);
      if (!command.startsWith('npx')) continue;
      expect(command, command).toMatch(/ --stack "\$STACK"$/);
      const words = command.split(' ').slice(2);
      const found = program.commands.find((each) => each.name() === words[0]);
      expect(found, command).toBeDefined();
      const sub = found?.commands ?? [];
      if (sub.length > 0)
        expect(
          sub.map((each) => each.name()),
          command,
        ).toContain(words[1]);
    }
  });

  test.each([
    ['stripe', 'Sourcestripe', {}],
    ['my-source-stripe', 'Sourcemysourcestripe', {}],
    ['stripe', 'Sources', { isolation: 'shared' }],
  ] as const)('names one resource of the template each, for %s as %s', (source, part, props) => {
    const sources = { stripe: { provider: 'stripe' }, 'my-source-stripe': { provider: 'stripe' } } as const;
    const template = synth({ alarmEmail: 'oncall@example.com', sources, ...props }).template.toJSON();
    const resources: Readonly<Record<string, { readonly Type: string }>> = template['Resources'];
    // Only `InboundWebhooks` has the function that reads its dead-letter queues.
    const all = { ...resources, ...ofInboundAlone(/^DlqMeasuring/) };
    const named = (type: string, begin: string) =>
      Object.entries(all).filter(([id, { Type }]) => Type === type && id.startsWith(begin)).length;

    const outputs = Object.keys(template['Outputs']);

    expect(page).toContain("starts_with(LogicalResourceId, '$2')");
    for (const written of sections.flatMap(({ text }) => commandsIn(text))) {
      const command = written.replaceAll(/"?\$\{PART\}(\w+)"?/g, `${part}$1`).replaceAll('"$SOURCE"', source);
      expect(command).not.toMatch(/\$\{?(PART|SOURCE)/);
      for (const [type, begin] of resourcesIn(command)) expect(named(type, begin), command).toBe(1);
      for (const [, output = ''] of command.matchAll(/\$\(out (\w+)\)/g))
        expect(outputs, command).toContain(output);
    }
  });

  test('the runbook names sources in commands only by a variable', () => {
    for (const command of sections.flatMap(({ text }) => commandsIn(text)))
      expect(command).not.toMatch(/\bstripe|Sourcestripe|Sources[A-Z]/);
  });

  test.each([
    ['stripe', 'Sourcestripe'],
    ['my-partner-2', 'Sourcemypartner2'],
  ])('the runbook writes the source %s as %s in resource names', (source, part) => {
    const [line] = /^PART=.*$/m.exec(page) ?? [];

    expect(
      execFileSync('sh', ['-c', `SOURCE=${source}\n${line}\nprintf %s "$PART"`], { encoding: 'utf8' }),
    ).toBe(part);
  });

  test('the runbook links to its own sections only', () => {
    const anchors = sections.map(({ name }) => name.toLowerCase());

    for (const [, anchor] of page.matchAll(/\]\(#([^)]*)\)/g)) expect(anchors).toContain(anchor);
  });
});

test('no page has a command that only GNU or only macOS understands', () => {
  const root = resolve(import.meta.dirname, '../..');
  const docs = readdirSync(resolve(root, 'docs'), { recursive: true, encoding: 'utf8' }).map(
    (file) => `docs/${file}`,
  );
  const pages = [...docs, ...readdirSync(root)].filter(
    (file) => file.endsWith('.md') && file !== 'CHANGELOG.md',
  );

  expect(pages.length).toBeGreaterThan(8);
  for (const file of pages) {
    const text = readFileSync(resolve(root, file), 'utf8');
    expect(text, file).not.toMatch(/\bdate\b( -u)? (-d|--date|-v|-r)\b/);
    expect(text, file).not.toMatch(/\b(sed -i|grep -P|readlink -f|base64 -w|stat -c)\b/);
  }
});
