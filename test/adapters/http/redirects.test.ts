import { describe, expect, it } from 'vitest';
import { httpSender } from '../../../lambdas/adapters/http/sender.ts';
import { describeOutcome, redirectTarget } from '../../../lambdas/domain/attempt-outcome.ts';
import { millis } from '../../../lambdas/domain/time.ts';
import { httpServer } from '../../support/worlds/local-server.ts';

const base = 'https://hooks.example/in?token=t';

describe('the target of a redirect', () => {
  it.each([
    [301, 'https://new.example/hooks', 'https://new.example/hooks'],
    [302, 'https://new.example:8443/hooks?key=secret#part', 'https://new.example:8443/hooks'],
    [303, 'https://user:password@new.example/', 'https://new.example/'],
    [307, '/elsewhere', 'https://hooks.example/elsewhere'],
    [308, '//www.hooks.example/in', 'https://www.hooks.example/in'],
    [301, 'http://hooks.example/in', 'http://hooks.example/in'],
    [301, 'HTTPS://New.Example', 'https://new.example/'],
    [301, '/a\u001b[2Jb', 'https://hooks.example/a%1B[2Jb'],
    [301, `/${'a'.repeat(3_000)}`, `https://hooks.example/${'a'.repeat(490)}`],
    [301, 'javascript:alert(1)', undefined],
    [301, 'mailto:me@example.com', undefined],
    [301, 'https://[', undefined],
    [301, '', undefined],
    [301, undefined, undefined],
    [304, '/elsewhere', undefined],
    [201, '/elsewhere', undefined],
    [404, '/elsewhere', undefined],
  ])('a redirect by %d and %j leads to %j', (status, location, expected) => {
    expect(redirectTarget(status, location, base)).toBe(expected);
  });

  it('a redirect is recorded with a hint what to do', async () => {
    using server = await httpServer((_request, response) =>
      response.writeHead(301, { location: 'https://new.example/hooks?key=secret' }).end(),
    );
    const sender = httpSender({ localEndpoints: true, allowedPorts: [443], connectTimeout: millis(5_000) });
    const outcome = await sender.post({
      url: server.url,
      headers: {},
      body: Buffer.from('{}'),
      timeout: millis(5_000),
    });
    sender.close();

    expect(outcome).toEqual({ kind: 'refused', status: 301, location: 'https://new.example/hooks' });
    expect(describeOutcome(outcome)).toBe(
      "answered 301, redirects to https://new.example/hooks: set the endpoint's URL to that",
    );
  });

  it('a redirect to plain http is not suggested as a URL', () => {
    expect(describeOutcome({ kind: 'refused', status: 302, location: 'http://new.example/' })).toBe(
      'answered 302, redirects to http://new.example/: redirects are not followed',
    );
  });
});
