import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { pathToFileURL } from 'node:url';

// Runs one function as Lambda's runtime does: loads its bundle, then takes an event from the Runtime API and returns the answer,
// again and again. Ends by SIGTERM.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

const { AWS_LAMBDA_RUNTIME_API: api, LAMBDA_TASK_ROOT: root, _HANDLER: handlerName = '' } = process.env;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const [host, port] = String(api).split(':');

interface Reply {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function call(method: 'GET' | 'POST', path: string, body?: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const place = { host, port, path: `/2018-06-01/runtime/invocation/${path}` };
    const asked = request({ ...place, method, headers, agent });
    asked.on('error', reject);
    asked.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ headers: response.headers, body: String(Buffer.concat(chunks)) }));
    });
    asked.end(body);
  });
}

process.on('SIGTERM', () => process.exit());
const [file, entry = ''] = handlerName.split('.');
const bundle: Record<string, (event: unknown, context: object) => unknown> = await import(
  pathToFileURL(`${root}/${file}.mjs`).href
);
const handler = bundle[entry];
if (handler === undefined) throw new Error(`${root}/${file}.mjs has no ${entry}`);

for (;;) {
  const { headers, body } = await call('GET', 'next');
  const awsRequestId = String(headers['lambda-runtime-aws-request-id']);
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const context = { awsRequestId, getRemainingTimeInMillis: () => deadline - Date.now() };
  try {
    const answer = await handler(JSON.parse(body), context);
    await call('POST', `${awsRequestId}/response`, JSON.stringify(answer ?? null));
  } catch (error) {
    await call('POST', `${awsRequestId}/error`, JSON.stringify({ errorMessage: String(error) }));
  }
}
