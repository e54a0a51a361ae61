import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { jwtVerify } from 'jose';
import * as v from 'valibot';

// Plays the servers of Outpost and Svix, as far as their documentation describes what the bench calls: it takes their arguments,
// variables and requests, and delivers each event once to the endpoint. `DOUBLED` is the end of
// the ids that it sends twice.
// https://github.com/hookdeck/outpost/blob/main/docs/apis/openapi.yaml
// https://github.com/svix/svix-webhooks/blob/main/server/openapi.json

const { API_PORT, API_KEY, SVIX_LISTEN_ADDRESS, SVIX_JWT_SECRET, DOUBLED = '-' } = process.env;
const arguments_ = process.argv.slice(2).join(' ');

interface Route {
  readonly method: string;
  readonly path: RegExp;
  /** @returns the URL of an endpoint, or an event to deliver */
  read(body: unknown): { readonly url: string } | { readonly id: string; readonly data: object } | undefined;
}

const Url = v.strictObject({ url: v.pipe(v.string(), v.url()) });
const outpostRoutes: readonly Route[] = [
  { method: 'PUT', path: /^\/api\/v1\/tenants\/[\w-]+$/, read: () => undefined },
  {
    method: 'POST',
    path: /^\/api\/v1\/tenants\/[\w-]+\/destinations$/,
    read: (body) =>
      v.parse(v.strictObject({ type: v.literal('webhook'), topics: v.array(v.string()), config: Url }), body)
        .config,
  },
  {
    method: 'POST',
    path: /^\/api\/v1\/publish$/,
    read: (body) =>
      v.parse(
        v.strictObject({
          id: v.string(),
          tenant_id: v.string(),
          topic: v.string(),
          data: v.looseObject({}),
        }),
        body,
      ),
  },
];
const svixRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: /^\/api\/v1\/app\/$/,
    read: (body) => {
      v.parse(v.strictObject({ name: v.string(), uid: v.string() }), body);
      return undefined;
    },
  },
  {
    method: 'POST',
    path: /^\/api\/v1\/app\/[\w-]+\/endpoint\/$/,
    read: (body) => v.parse(v.strictObject({ url: Url.entries.url, version: v.literal(1) }), body),
  },
  {
    method: 'POST',
    path: /^\/api\/v1\/app\/[\w-]+\/msg\/$/,
    read: (body) => {
      const Message = v.strictObject({
        eventType: v.string(),
        eventId: v.string(),
        payload: v.looseObject({}),
      });
      const { eventId: id, payload: data } = v.parse(Message, body);
      return { id, data };
    },
  },
];

/** The port, routes, path of health and check of the token of a product; undefined when it is asked for something else. */
function product() {
  if (arguments_ === 'serve')
    return {
      port: API_PORT,
      routes: outpostRoutes,
      health: '/api/v1/healthz',
      isAllowed: async (authorization: string) => authorization === `Bearer ${API_KEY}`,
    };
  if (arguments_ !== '--run-migrations') return undefined;
  return {
    port: SVIX_LISTEN_ADDRESS?.split(':').at(-1),
    routes: svixRoutes,
    health: '/api/v1/health/',
    async isAllowed(authorization: string) {
      const key = new TextEncoder().encode(SVIX_JWT_SECRET);
      const { payload } = await jwtVerify(authorization.replace('Bearer ', ''), key, {
        algorithms: ['HS256'],
      });
      return payload.sub === 'org_23rb8YdGqMT0qIzpgGwdXfHirMu';
    },
  };
}

const own = product();
if (own === undefined) process.exit(arguments_ === 'migrate apply --yes' ? 0 : 1);
let endpoint = '';

async function answer(request: IncomingMessage, response: ServerResponse): Promise<number> {
  const { url = '', method } = request;
  if (url === own?.health) return 200;
  const route = own?.routes.find((one) => one.method === method && one.path.test(url));
  if (route === undefined) return 404;
  if (!(await own?.isAllowed(request.headers.authorization ?? ''))) return 401;
  const wanted = route.read(method === 'PUT' ? undefined : await json(request));
  if (wanted !== undefined && 'url' in wanted) endpoint = wanted.url;
  if (wanted !== undefined && 'data' in wanted) response.on('close', () => deliver(wanted.id, wanted.data));
  return 202;
}

function deliver(id: string, data: object): void {
  const times = id.endsWith(DOUBLED) ? 2 : 1;
  for (let nth = 0; nth < times; nth++)
    void fetch(endpoint, { method: 'POST', body: JSON.stringify(data) }).then((sent) => sent.text());
}

createServer(async (request, response) => {
  const status = await answer(request, response).catch((error: unknown) => {
    console.error(error);
    return 422;
  });
  response.writeHead(status).end('{}');
}).listen(Number(own?.port), '127.0.0.1');
process.on('SIGTERM', () => process.exit());
