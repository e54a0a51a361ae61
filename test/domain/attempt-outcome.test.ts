import { describe, expect, it } from 'vitest';
import {
  type AttemptOutcome,
  briefOutcome,
  describeOutcome,
  outcomeOfResponse,
  redirectTarget,
  statusLabel,
} from '../../lambdas/domain/attempt-outcome.ts';
import { seconds } from '../../lambdas/domain/time.ts';

const noAnswer: AttemptOutcome = { kind: 'unreachable', cause: 'timeout', error: 'no answer' };
const blocked: AttemptOutcome = { kind: 'blocked', isLiteral: false, error: '10.0.0.1 is private' };

describe('the outcome of a response', () => {
  it('the outcome of a response has what the response said', () => {
    expect(outcomeOfResponse(204, undefined, 'ok')).toEqual({ kind: 'accepted', status: 204, sample: 'ok' });
    expect(outcomeOfResponse(410, undefined, 'no')).toEqual({ kind: 'gone', status: 410, sample: 'no' });
    expect(outcomeOfResponse(307, seconds(9), 'moved', 'https://new.example/')).toEqual({
      kind: 'refused',
      status: 307,
      retryAfter: 9,
      sample: 'moved',
      location: 'https://new.example/',
    });
  });

  it('the outcome of an attempt has a label with few values', () => {
    const answers = [200, 299, 304, 410, 599].map((status) => statusLabel(outcomeOfResponse(status)));

    expect(answers).toEqual(['2xx', '2xx', '3xx', '4xx', '5xx']);
    expect([noAnswer, blocked].map(statusLabel)).toEqual(['timeout', 'blocked']);
  });

  it('the outcome of an attempt is described with its phase, if that is known', () => {
    expect(describeOutcome(noAnswer)).toBe('timeout: no answer');
    expect(describeOutcome({ ...noAnswer, phase: 'tls' })).toBe('tls: no answer');
    expect(describeOutcome(blocked)).toBe('blocked: 10.0.0.1 is private');
    expect(describeOutcome(outcomeOfResponse(410))).toBe('answered 410');
    expect(describeOutcome(outcomeOfResponse(200))).toBe('answered 200');
  });

  it('the outcome of an attempt is described without a URL in the log', () => {
    const moved = outcomeOfResponse(301, undefined, undefined, 'https://new.example/secret');

    expect(describeOutcome(moved)).toContain('https://new.example/secret');
    expect(briefOutcome(moved)).toBe('answered 301');
    expect(briefOutcome(noAnswer)).toBe('timeout: no answer');
  });
});

describe('the target of a redirect', () => {
  it('the target of a redirect is kept up to 512 characters', () => {
    const target = redirectTarget(301, `/${'x'.repeat(600)}`, 'https://acme.example/');

    expect(target).toHaveLength(512);
  });

  it.each([
    ['/new', 'https://acme.example/new'],
    ['http://new.example/hooks?key=1', 'http://new.example/hooks'],
    ['ftp://new.example/hooks', undefined],
    ['https://[', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('the target of a redirect to %j is %j', (location, target) => {
    expect(redirectTarget(301, location, 'https://acme.example/hooks')).toBe(target);
  });

  it('the target of a redirect is described with what to do about it', () => {
    const described = (location: string) => describeOutcome({ kind: 'refused', status: 301, location });

    expect(described('https://new.example/')).toBe(
      "answered 301, redirects to https://new.example/: set the endpoint's URL to that",
    );
    expect(described('http://new.example/https:')).toBe(
      'answered 301, redirects to http://new.example/https:: redirects are not followed',
    );
  });

  it.each([300, 304, 305, 306, 309, 200])('the status %d has no target', (status) => {
    expect(redirectTarget(status, '/new', 'https://acme.example/')).toBeUndefined();
  });
});
