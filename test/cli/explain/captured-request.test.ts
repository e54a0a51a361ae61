import { describe, expect, it } from 'vitest';
import { readCapturedRequest } from '../../../cli/explain/captured-request.ts';
import { url } from '../../support/cli/explain.ts';

describe('a captured request', () => {
  const wire =
    'POST /webhooks/github?a=1 HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: sha256=ab\r\n\r\n{"a":1}\r\n\r\nend';

  it('a captured request is read as it was sent, its body byte for byte', () => {
    const request = readCapturedRequest(Buffer.from(wire), url);

    expect(request).toMatchObject({ method: 'POST', url: `${url}?a=1` });
    expect(request.headers.get('x-hub-signature-256')).toBe('sha256=ab');
    expect(Buffer.from(request.body).toString()).toBe('{"a":1}\r\n\r\nend');
  });

  it('a captured request loses the line end of an editor if its length requires that', () => {
    const saved = (length: number, body: string) =>
      Buffer.from(`POST / HTTP/1.1\ncontent-length: ${length}\n\n${body}`);
    const bodyOf = (file: Buffer) => Buffer.from(readCapturedRequest(file, url).body).toString();

    expect(bodyOf(saved(2, '{}\n'))).toBe('{}');
    expect(bodyOf(saved(3, '{}\n'))).toBe('{}\n');
    expect(bodyOf(saved(1, '{}\n'))).toBe('{}\n');
  });

  it('a captured request is read as API Gateway and Node pass it on', () => {
    const gateway = { headers: { a: '1' }, body: '/w==', isBase64Encoded: true, rawQueryString: 'a=b' };
    const node = { headers: { a: ['1', '2'] }, body: 'x' };
    const read = (captured: object) => readCapturedRequest(Buffer.from(JSON.stringify(captured)), url);

    expect(Buffer.from(read(gateway).body)).toEqual(Buffer.from([255]));
    expect(read(gateway).url).toBe(`${url}?a=b`);
    expect(read(node).headers.get('a')).toBe('1, 2');
  });

  it('a captured request is read as JSON, with a body in base64, too', () => {
    const json = (body: object) => Buffer.from(JSON.stringify({ headers: { 'X-A': '1' }, ...body }));

    expect(Buffer.from(readCapturedRequest(json({ bodyBase64: '/w==' }), url).body)).toEqual(
      Buffer.from([255]),
    );
    expect(readCapturedRequest(json({ body: 'ü', method: 'GET' }), url)).toMatchObject({
      method: 'GET',
      url,
    });
  });

  it.each(['', 'hello', '{"body":"no headers"}', '{broken'])(
    'an invalid captured request is refused: %j',
    (text) => {
      expect(() => readCapturedRequest(Buffer.from(text), url)).toThrow(
        'The captured request cannot be read.',
      );
    },
  );
});
