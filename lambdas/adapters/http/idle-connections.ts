import type { LookupAddress } from 'node:dns';
import { isIPv4, type Socket } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The most idle connections, of all hosts together. The AWS clients need some of a function's 1,024 descriptors, too. */
export const maxIdle = 64;
/** The longest time that a server still gets events after it was removed from the DNS. */
export const maxAgeMs = 60_000;

/** The facts that decide whether a connection may be used again. */
interface Connection {
  readonly host: string;
  /** By the wall clock, which runs while the process is frozen. */
  readonly madeAt: number;
  /** Since when it has been idle. */
  idleAt: number;
}

/**
 * The idle connections of all hosts, at most 64; the one that has waited longest is closed first. None is older than a minute,
 * and none leads to an address that its host no longer resolves to.
 *
 * @param now the wall clock, in milliseconds
 */
export function idleConnections(now: () => number) {
  const made = new WeakMap<Socket, Connection>();
  /** Connections in order; the one that has waited longest comes first. */
  const idle = new Set<Socket>();

  function isStale(socket: Socket, { madeAt, idleAt }: Connection): boolean {
    const at = now();
    // After the clock was set back, ages are unknown.
    const isOld = at < idleAt || at - madeAt >= maxAgeMs;
    // The server's own hint, which its agent has set as the socket's timeout.
    return isOld || at - idleAt >= (socket.timeout || maxAgeMs);
  }

  function closeWhere(isUnfit: (socket: Socket, connection: Connection) => boolean): void {
    for (const socket of idle) {
      const connection = made.get(socket);
      if (connection && !isUnfit(socket, connection)) continue;
      idle.delete(socket);
      socket.destroy();
    }
  }

  return {
    /** A connection that is being made to a host. */
    begin(socket: Socket, host: string): void {
      const at = now();
      made.set(socket, { host, madeAt: at, idleAt: at });
      socket.once('close', () => idle.delete(socket));
    },

    /** Adds a connection whose request is over. @returns whether it may be kept */
    add(socket: Socket): boolean {
      const connection = made.get(socket);
      if (connection === undefined) return false;
      connection.idleAt = now();
      if (isStale(socket, connection)) return false;
      idle.add(socket);
      const [oldest] = idle;
      if (idle.size > maxIdle && oldest) {
        idle.delete(oldest);
        oldest.destroy();
      }
      return true;
    },

    /** Removes a connection that is used again. */
    remove: (socket: Socket): boolean => idle.delete(socket),

    /** Closes connections that are too old, and those to this host at any other address. */
    closeUnfit(host: string, addresses: readonly LookupAddress[]): void {
      const current = new Set(addresses.map(({ address }) => canonical(address)));
      const isElsewhere = ({ remoteAddress }: Socket) =>
        remoteAddress === undefined || !current.has(canonical(remoteAddress));
      closeWhere(
        (socket, connection) =>
          isStale(socket, connection) || (connection.host === host && isElsewhere(socket)),
      );
    },

    closeAll: () => closeWhere(() => true),
  };
}

/** One spelling of an address. Node takes one spelling of a v4 address only. */
const canonical = (address: string): string =>
  isIPv4(address) || !ipaddr.isValid(address) ? address : ipaddr.process(address).toString();
