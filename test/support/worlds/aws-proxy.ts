import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

// A server of ours between the functions and the local AWS: see `functionEndpoint` in local/emulator.ts.

/** `service.Operation`, as the SDKs say it: in a header, in a form, or, to S3, by method. */
export function operationOf({ headers, method }: IncomingMessage, body: Buffer): string {
  const service =
    /Credential=[^/]+\/[^/]+\/[^/]+\/([^/]+)/.exec(headers.authorization ?? '')?.[1] ?? 'unknown';
  const target = String(headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1);
  const action = new URLSearchParams(body.toString('utf8')).get('Action');
  return `${service}.${target || action || method}`;
}

/** A response that is handed through. */
export interface Passed {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Sends a request of a function on to the local AWS. */
export async function passOn(upstream: string, request: IncomingMessage, body: Buffer): Promise<Passed> {
  const hasBody = body.byteLength > 0;
  const response = await fetch(new URL(request.url ?? '/', upstream), {
    method: request.method,
    headers: passedOn(request.headers),
    ...(hasBody && { body: new Uint8Array(body) }),
  });
  const headers = Object.fromEntries(
    [...response.headers].filter(([name]) => !/^(content-length|transfer-encoding|connection)$/.test(name)),
  );
  return { status: response.status, headers, body: Buffer.from(await response.arrayBuffer()) };
}

const passedOn = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !/^(host|connection|content-length|expect|transfer-encoding)$/.test(name))
      .map(([name, value]) => [name, String(value)]),
  );
