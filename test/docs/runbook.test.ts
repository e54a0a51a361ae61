import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { hooklineProgram } from '../../bin/program.ts';
import { alarmsOf } from '../lib/support/alarms.ts';
import { synth } from '../lib/support/synth.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
const sections = page
  .split(/^### /m)
  .slice(1)
  .map((text) => ({ name: text.slice(0, text.indexOf('\n')), text }));

const commandsIn = (text: string): string[] =>
  [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.trim().split('\n'));

const many = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `source-${index}`,
      { provider: 'stripe', quietAfter: Duration.hours(6) } as const,
    ]),
  );
const stacks = [
  synth({ alarmEmail: 'oncall@example.com', sources: many(12) }),
  synth({ alarmEmail: 'oncall@example.com', sources: many(12), isolation: 'shared' }),
];
/** What stands behind the last `/` of an alarm's path, without its number. */
const nameOf = (path: string): string => path.replace(/^.*\//, '').replace(/-\d+$/, '');
const alarms = stacks.flatMap(alarmsOf);

describe('the runbook', () => {
  test('has a section for each alarm of the template, and for no other', () => {
    const names = new Set(alarms.map(({ path }) => nameOf(path)));

    expect(sections.map(({ name }) => name).toSorted()).toEqual([...names].toSorted());
  });

  test('is where each alarm points to', () => {
    const anchors = sections.map(({ name }) => name.toLowerCase());

    for (const { path, description } of alarms) {
      const [, anchor] = /docs\/runbook\.md#(.*)$/.exec(description) ?? [];
      expect(anchor, path).toBe(nameOf(path).toLowerCase());
      expect(anchors, path).toContain(anchor);
    }
  });

  test.each(sections)(
    'says of $name what it means, why, and when it ends, with three commands',
    ({ text }) => {
      expect(text).toMatch(/^\*\*Means:\*\* \S/m);
      expect(text).toMatch(/^\*\*Likely:\*\* \S/m);
      expect(text).toMatch(/^\*\*Ends\*\* \S/m);
      expect(commandsIn(text)).toHaveLength(3);
    },
  );

  test('has commands that there are, for the stack that is meant', () => {
    const program = hooklineProgram();

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

  test('names resources and outputs that the template has', () => {
    const template = synth({ alarmEmail: 'oncall@example.com' }).template.toJSON();
    const resources: Readonly<Record<string, { readonly Type: string }>> = template['Resources'];
    const isThere = (type: string, part: string) =>
      Object.entries(resources).some(([id, { Type }]) => Type === type && id.includes(part));

    for (const command of commandsIn(page)) {
      for (const [, part] of command.matchAll(/logs (\w+) '/g))
        expect(isThere('AWS::Logs::LogGroup', `${part}Logs`), command).toBe(true);
      for (const [, type = '', part = ''] of command.matchAll(/\$\(of (AWS::\S+) (\w+)\)/g))
        expect(isThere(type, part), command).toBe(true);
      for (const [, output = ''] of command.matchAll(/\$\(out (\w+)\)/g))
        expect(Object.keys(template['Outputs']), command).toContain(output);
    }
  });

  test('links to its own sections only', () => {
    const anchors = sections.map(({ name }) => name.toLowerCase());

    for (const [, anchor] of page.matchAll(/\]\(#([^)]*)\)/g)) expect(anchors).toContain(anchor);
  });
});
