import { createSocket } from 'node:dgram';
import { SocketAddress } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What a name server says about a name: addresses (none: NODATA), a failure, or nothing at all. */
export type DnsReply =
  | { readonly addresses: readonly string[]; readonly cname?: string; readonly afterMs?: number }
  | 'nxdomain'
  | 'servfail'
  | 'refused'
  | 'silent';
export type DnsQuestion = { readonly name: string; readonly type: 'A' | 'AAAA' };

/** A name server on this machine. */
export interface DnsServer extends Disposable {
  /** As `dns.setServers` takes it. */
  readonly address: string;
  readonly asked: readonly DnsQuestion[];
}

const codes = { nxdomain: 3, servfail: 2, refused: 5 } as const;
const types = { 1: 'A', 28: 'AAAA' } as const;

/** Answers A and AAAA questions over UDP. @see https://www.rfc-editor.org/rfc/rfc1035#section-4 */
export async function dnsServer(reply: (question: DnsQuestion) => DnsReply): Promise<DnsServer> {
  const asked: DnsQuestion[] = [];
  const socket = createSocket('udp4');
  const ended = new AbortController();
  socket.on('message', async (query, { port, address }) => {
    const { question, end } = questionIn(query);
    asked.push(question);
    const said = reply(question);
    if (said === 'silent') return;
    if (typeof said === 'object' && said.afterMs !== undefined) await pause(said.afterMs);
    if (!ended.signal.aborted) socket.send(answerTo(query.subarray(0, end), question, said), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    [Symbol.dispose]() {
      ended.abort();
      socket.close();
    },
  };
}

function questionIn(query: Buffer): { readonly question: DnsQuestion; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = query.readUInt16BE(at + 1) === 28 ? 28 : 1;
  return { question: { name: labels.join('.'), type: types[type] }, end: at + 5 };
}

function answerTo(headAndQuestion: Buffer, { type }: DnsQuestion, said: Exclude<DnsReply, 'silent'>): Buffer {
  const answer = Buffer.from(headAndQuestion);
  const records = typeof said === 'string' ? [] : recordsOf(said, type);
  answer.writeUInt16BE(0x8180 | (typeof said === 'string' ? codes[said] : 0), 2);
  answer.writeUInt16BE(1, 4);
  answer.writeUInt16BE(records.length, 6);
  answer.writeUInt32BE(0, 8);
  return Buffer.concat([answer, ...records]);
}

function recordsOf({ addresses, cname }: Exclude<DnsReply, string>, type: 'A' | 'AAAA'): Buffer[] {
  // The question's name stands at the 12th byte.
  const asked = Buffer.from([0xc0, 12]);
  const owner = cname === undefined ? asked : nameBytes(cname);
  const alias = cname === undefined ? [] : [record(asked, 5, nameBytes(cname))];
  const ofFamily = addresses.filter((address) => address.includes(':') === (type === 'AAAA'));
  const found = ofFamily.map((address) =>
    type === 'A' ? record(owner, 1, v4Bytes(address)) : record(owner, 28, v6Bytes(address)),
  );
  return [...alias, ...found];
}

function record(owner: Buffer, type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(1, 2);
  head.writeUInt32BE(60, 4);
  head.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, head, data]);
}

const nameBytes = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);

const v4Bytes = (address: string): Buffer => Buffer.from(address.split('.').map(Number));

function v6Bytes(address: string): Buffer {
  const { address: text } = new SocketAddress({ address, family: 'ipv6' });
  const [before = '', after] = text.split('::');
  const groups = (part: string | undefined) =>
    part ? part.split(':').map((group) => Number.parseInt(group, 16)) : [];
  const [left, right] = [groups(before), groups(after)];
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]));
}
