import { describe, expect, it } from 'vitest';
import { ownSecretKinds, queueKinds } from '../../lambdas/domain/resource-tags.ts';
import { synth } from './support/synth.ts';

const sources = { stripe: { provider: 'stripe' }, 'my-partner': { provider: 'asana' } } as const;

type Tag = { readonly Key: string; readonly Value: string };
const tagsOf = (app: ReturnType<typeof synth>, type: string) =>
  Object.entries(app.resources(type)).map(([path, { Properties }]) => {
    const tags = Properties['Tags'] as readonly Tag[] | undefined;
    return [path, Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value]))] as const;
  });

describe.each(['per-source', 'shared'] as const)('with the isolation %s', (isolation) => {
  const app = synth({ sources, isolation });

  it('every queue has tags with its stack and its purpose', () => {
    const queues = tagsOf(app, 'AWS::SQS::Queue');

    for (const [path, tags] of queues) {
      expect(tags, path).toMatchObject({ 'hookline:stack': 'Test' });
      expect(queueKinds, path).toContain(tags['hookline:queue']);
    }
    expect(new Set(queues.map(([, tags]) => tags['hookline:queue']))).toEqual(new Set(queueKinds));
  });

  it('a queue has a tag with its source, unless sources share it', () => {
    const named = tagsOf(app, 'AWS::SQS::Queue').flatMap(([, tags]) => tags['hookline:source'] ?? []);

    expect(named.sort()).toEqual(
      isolation === 'shared' ? [] : ['my-partner', 'my-partner', 'stripe', 'stripe'],
    );
  });

  it('every secret has tags with its stack and its purpose', () => {
    const secrets = tagsOf(app, 'AWS::SecretsManager::Secret');
    const purposes = secrets.map(([, tags]) => tags['hookline:source'] ?? tags['hookline:secret']);

    for (const [path, tags] of secrets) expect(tags, path).toMatchObject({ 'hookline:stack': 'Test' });
    expect(purposes.sort()).toEqual([...ownSecretKinds, 'my-partner', 'stripe'].sort());
  });
});
