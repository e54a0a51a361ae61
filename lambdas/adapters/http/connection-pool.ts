import type { LookupAddress } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Socket } from 'node:net';
import { idleConnections, maxAgeMs, maxIdle } from './idle-connections.ts';

/** Where requests to endpoints get their connections from. */
export interface ConnectionPool {
  /** The agent of a URL's protocol. */
  agentFor(protocol: string): HttpAgent;
  /**
   * Closes the kept connections that must not be used again. Call it right before a request is begun.
   *
   * @param addresses what the host resolves to now
   */
  closeUnfit(host: string, addresses: readonly LookupAddress[]): void;
  /** Closes all that are idle, which frees their descriptors and ports. */
  closeIdle(): void;
  /** Closes all. */
  close(): void;
}

const agentOptions = {
  keepAlive: true,
  maxFreeSockets: maxIdle,
  // The agent passes by closed connections at this end of its list only.
  scheduling: 'fifo',
  // Without a timeout of its own an agent does not heed a server's `Keep-Alive: timeout=…`.
  timeout: maxAgeMs,
} as const;

/** Node's agents, whose idle connections are bounded together. @param now the clock on the wall, in milliseconds */
export function connectionPool(now: () => number = () => Date.now()): ConnectionPool {
  const idle = idleConnections(now);
  const plain = bounded(new HttpAgent(agentOptions), idle);
  const secure = bounded(new HttpsAgent(agentOptions), idle);
  return {
    agentFor: (protocol) => (protocol === 'http:' ? plain : secure),
    closeUnfit: idle.closeUnfit,
    closeIdle: idle.closeAll,
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

/**
 * Has an agent keep what the list of idle connections takes, by the methods that Node means to be overridden.
 *
 * @see https://nodejs.org/api/http.html#agentkeepsocketalivesocket
 */
function bounded(agent: HttpAgent, idle: ReturnType<typeof idleConnections>): HttpAgent {
  const { createConnection, keepSocketAlive, reuseSocket } = agent;
  agent.createConnection = (options, callback) => {
    const socket = createConnection.call(agent, options, callback);
    if (socket instanceof Socket) idle.begin(socket, options.host ?? '');
    return socket;
  };
  // It is false where the server's hint is too short, though its type has no answer.
  const keeps: (socket: Socket) => unknown = keepSocketAlive.bind(agent);
  agent.keepSocketAlive = (socket) => socket instanceof Socket && keeps(socket) !== false && idle.add(socket);
  agent.reuseSocket = (socket, request) => {
    if (socket instanceof Socket) idle.remove(socket);
    reuseSocket.call(agent, socket, request);
  };
  return agent;
}
