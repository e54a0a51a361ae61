import { expect, test } from 'vitest';
import { changesBetween } from '../../local/template-changes.ts';

const named = (path: string, Properties: Record<string, unknown> = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties,
  Metadata: { 'aws:cdk:path': path },
});

test('new, changed and removed resources are listed by their names in the app', () => {
  const before = {
    Resources: {
      A: named('Hookline/stripe/Receive/Resource', { key: 'v1' }),
      B: named('Hookline/Old/Resource'),
      C: named('Hookline/Same'),
    },
  };
  const after = {
    Resources: {
      A: named('Hookline/stripe/Receive/Resource', { key: 'v2' }),
      C: named('Hookline/Same'),
      D: { Type: 'AWS::SQS::Queue' },
    },
  };

  expect(changesBetween(before, after)).toBe('new: D; changed: stripe/Receive; removed: Old');
});

test('many changed resources are listed by the part of the app that they are in', () => {
  const paths = ['Receive', 'Consume', 'Queue', 'Dlq', 'Secret', 'Alarm'].map(
    (name) => `Hookline/Source-partner/${name}`,
  );
  const resources = [...paths, 'Hookline/Inbound/Route'].map((path) => [
    path.replaceAll('/', ''),
    named(path),
  ]);

  expect(changesBetween({ Resources: {} }, { Resources: Object.fromEntries(resources) })).toBe(
    'new: 7 resources of Source-partner, Inbound',
  );
});

test('a save without changes says so', () => {
  const template = { Resources: { A: named('Hookline/A') } };
  const metadata = (analytics: string) => ({
    Resources: { ...template.Resources, M: { Type: 'AWS::CDK::Metadata', Properties: { analytics } } },
  });

  expect(changesBetween(template, template)).toBe('nothing changed');
  expect(changesBetween(metadata('1'), metadata('2'))).toBe('nothing changed');
});
