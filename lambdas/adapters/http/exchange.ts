import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type AttemptPhase, redirectTarget } from '../../domain/attempt-outcome.ts';
import type { OutboundSettings } from '../../domain/outbound-settings.ts';
import { type ArrivedResponse, headOf, watchIdle } from './await-response.ts';
import { FailedExchange, isConnectionLost, TimeUpError } from './errors.ts';
import { sampleOf } from './response-sample.ts';

/** Starts a request on a kept connection if there is one, or on a new connection. */
export type Open = (connection: 'pooled' | 'own') => ClientRequest;

/** An endpoint's response. */
export interface HttpResponse {
  readonly status: number;
  /** Each as received. */
  readonly retryAfter?: readonly string[];
  /** Where a redirect leads: scheme, host and path. */
  readonly location?: string;
  /** Of its body. */
  readonly sample?: string;
}

type Limits = Pick<OutboundSettings, 'connectTimeout' | 'attemptTimeout'>;

/**
 * Sends a request and waits for its response.
 *
 * A kept connection may have been closed by the other side while this process was frozen: then the request goes out once
 * more, on a connection of its own, within the same deadline.
 *
 * @throws FailedExchange with what went wrong on the way
 */
export async function exchangeWithin(open: Open, body: Uint8Array, limits: Limits): Promise<HttpResponse> {
  const endsAt = performance.now() + limits.attemptTimeout;
  const request = open('pooled');
  try {
    return await exchange(request, body, endsAt, limits);
  } catch (error) {
    if (!request.reusedSocket || !isConnectionLost(error)) throw error;
    return exchange(open('own'), body, endsAt, limits);
  }
}

async function exchange(
  request: ClientRequest,
  body: Uint8Array,
  endsAt: number,
  limits: Limits,
): Promise<HttpResponse> {
  const arrived = headOf(request);
  const way = wayOf(request);
  const notConnected = `not connected within ${limits.connectTimeout} ms`;
  const connecting = timeUp(request, limits.connectTimeout, notConnected);
  const left = Math.max(0, endsAt - performance.now());
  const deadline = timeUp(request, left, `no response within ${limits.attemptTimeout} ms`);
  way.onConnected(() => clearTimeout(connecting));
  request.end(body);
  try {
    const response = await arrived;
    clearTimeout(deadline);
    return await read(response, request);
  } catch (error) {
    const { phase, validity } = way;
    throw new FailedExchange(error, { phase, validity, host: request.host });
  } finally {
    clearTimeout(connecting);
    clearTimeout(deadline);
  }
}

const timeUp = (request: ClientRequest, after: number, message: string) =>
  setTimeout(() => request.destroy(new TimeUpError(message)), after);

/** Reads the rest of a response. Closes the connection if it must not be used again. */
async function read(response: ArrivedResponse, request: ClientRequest): Promise<HttpResponse> {
  const { head, body } = response;
  if (head.isRegular) body.once('end', () => watchIdle(request.socket));
  // Nothing about the body may cost the status.
  const sample = await sampleOf(response).catch(() => undefined);
  const mayGoOn = head.isRegular && body.readableEnded && request.writableFinished;
  if (!mayGoOn) request.destroy();
  const { status, headers } = head;
  const base = `${request.protocol}//${request.getHeader('host')}${request.path}`;
  const location = redirectTarget(status, headers.get('location')?.at(0), base);
  return { status, retryAfter: headers.get('retry-after'), location, sample };
}

/** How far a request has come, for the words about its failure. */
interface Way {
  readonly phase: AttemptPhase;
  /** When the certificate of the other side begins and ends, as OpenSSL writes it. */
  readonly validity?: { readonly from: string; readonly to: string };
  onConnected(done: () => void): void;
}

function wayOf(request: ClientRequest): Way {
  // The name was resolved before.
  let phase: AttemptPhase = 'connect';
  let validity: Way['validity'];
  let connected = (): void => undefined;
  let tried = (): boolean => false;
  const arrive = (): void => {
    phase = 'head';
    connected();
  };
  request.once('socket', (socket: Socket) => {
    if (request.reusedSocket) return arrive();
    // A cached name is resolved before a listener can be added.
    tried = () => (socket.autoSelectFamilyAttemptedAddresses ?? []).length > 0;
    if (!(socket instanceof TLSSocket)) return socket.once('connect', arrive);
    // Before Node checks the certificate: a connection that it closed no longer has one.
    socket.prependOnceListener('secure', () => {
      const { valid_from: from, valid_to: to } = socket.getPeerCertificate() ?? {};
      if (from !== undefined && to !== undefined) validity = { from, to };
    });
    socket.once('secureConnect', arrive);
    return socket.once('connect', () => {
      phase = 'tls';
    });
  });
  return {
    get phase() {
      return phase === 'dns' && tried() ? 'connect' : phase;
    },
    get validity() {
      return validity;
    },
    onConnected(done) {
      connected = done;
    },
  };
}
