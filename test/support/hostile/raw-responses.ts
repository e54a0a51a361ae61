import type { Socket } from 'node:net';

/** Heads that do not follow HTTP and yet say plainly what the status is; each takes the status. */
export const malformedHeads: Readonly<Record<string, (status: number) => string>> = {
  'lines that end with LF': (status) => `HTTP/1.1 ${status} Any\nContent-Length: 0\n\n`,
  'lines that end with LF, the last with CR LF': (status) =>
    `HTTP/1.1 ${status} Any\nContent-Length: 0\r\n\r\n`,
  'lines that end with CR': (status) => `HTTP/1.1 ${status} Any\rContent-Length: 0\r\r`,
  'lines that end with two CRs': (status) => `HTTP/1.1 ${status} Any\r\r\nContent-Length: 0\r\r\n\r\n`,
  'a blank between name and colon': (status) =>
    `HTTP/1.1 ${status} Any\r\nServer : x\r\nContent-Length: 0\r\n\r\n`,
  'a control character in a value': (status) =>
    `HTTP/1.1 ${status} Any\r\nX-A: a\x01b\r\nContent-Length: 0\r\n\r\n`,
  'NUL in a value': (status) => `HTTP/1.1 ${status} Any\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n`,
  'a bare CR in a value': (status) => `HTTP/1.1 ${status} Any\r\nX-A: a\rb\r\nContent-Length: 0\r\n\r\n`,
  'NUL in the reason': (status) => `HTTP/1.1 ${status} A\0ny\r\nContent-Length: 0\r\n\r\n`,
  'both Content-Length and chunked': (status) =>
    `HTTP/1.1 ${status} Any\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'Content-Length twice, the same': (status) =>
    `HTTP/1.1 ${status} Any\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n`,
  'Content-Length twice, another': (status) =>
    `HTTP/1.1 ${status} Any\r\nContent-Length: 0\r\nContent-Length: 7\r\n\r\n`,
  'Content-Length twice in one line': (status) => `HTTP/1.1 ${status} Any\r\nContent-Length: 0, 0\r\n\r\n`,
  'a Content-Length that is not a number': (status) =>
    `HTTP/1.1 ${status} Any\r\nContent-Length: abc\r\n\r\n`,
  'a negative Content-Length': (status) => `HTTP/1.1 ${status} Any\r\nContent-Length: -1\r\n\r\n`,
  'a Content-Length with a sign': (status) => `HTTP/1.1 ${status} Any\r\nContent-Length: +0\r\n\r\n`,
  'a Content-Length beyond all bounds': (status) =>
    `HTTP/1.1 ${status} Any\r\nContent-Length: 99999999999999999999999\r\n\r\n`,
  'an empty Content-Length': (status) => `HTTP/1.1 ${status} Any\r\nContent-Length:\r\n\r\n`,
  'a header folded with a blank': (status) =>
    `HTTP/1.1 ${status} Any\r\nX-A: a\r\n b\r\nContent-Length: 0\r\n\r\n`,
  'a header folded with a tab': (status) =>
    `HTTP/1.1 ${status} Any\r\nX-A: a\r\n\tb\r\nContent-Length: 0\r\n\r\n`,
  'a first header that is folded': (status) =>
    `HTTP/1.1 ${status} Any\r\n X-A: a\r\nContent-Length: 0\r\n\r\n`,
  'an empty name': (status) => `HTTP/1.1 ${status} Any\r\n: x\r\nContent-Length: 0\r\n\r\n`,
  'a line without a colon': (status) => `HTTP/1.1 ${status} Any\r\nX-A\r\nContent-Length: 0\r\n\r\n`,
  'a name with a blank': (status) => `HTTP/1.1 ${status} Any\r\nX A: b\r\nContent-Length: 0\r\n\r\n`,
  'a name outside ASCII': (status) => `HTTP/1.1 ${status} Any\r\nX-\xc3\xa4: b\r\nContent-Length: 0\r\n\r\n`,
  'NUL in a name': (status) => `HTTP/1.1 ${status} Any\r\nX-\0: b\r\nContent-Length: 0\r\n\r\n`,
  'lower-case http': (status) => `http/1.1 ${status} any\r\nContent-Length: 0\r\n\r\n`,
  'two blanks behind the version': (status) => `HTTP/1.1  ${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'a tab behind the version': (status) => `HTTP/1.1\t${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'the status and the reason in one': (status) => `HTTP/1.1 ${status}Any\r\nContent-Length: 0\r\n\r\n`,
  'another version': (status) => `HTTP/2.0 ${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'half a version': (status) => `HTTP/2 ${status}\r\nContent-Length: 0\r\n\r\n`,
  'no version': (status) => `HTTP ${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'a blank line in front': (status) => `\r\nHTTP/1.1 ${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'blanks in front': (status) => `  HTTP/1.1 ${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'a byte order mark': (status) => `\xef\xbb\xbfHTTP/1.1 ${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'an unknown transfer coding': (status) => `HTTP/1.1 ${status} Any\r\nTransfer-Encoding: xchunked\r\n\r\n`,
  'chunked twice': (status) =>
    `HTTP/1.1 ${status} Any\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'chunked, then compressed': (status) =>
    `HTTP/1.1 ${status} Any\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`,
  'chunked in HTTP/1.0': (status) => `HTTP/1.0 ${status} Any\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'lines that end with CR, interim ones in front': (status) =>
    `HTTP/1.1 100 Continue\r\rHTTP/1.1 ${status} Any\rContent-Length: 0\r\r`,
  'lines that end with CR, line feeds in the body': (status) =>
    `HTTP/1.1 ${status} Any\rContent-Length: 3\r\ra\nb`,
  'a full stop behind the version': (status) => `HTTP/1. ${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'three parts of a version': (status) => `HTTP/1.1.1 ${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'a comma in the version': (status) => `HTTP/1,1 ${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'a blank in front of the version': (status) => `HTTP/ 1.1 ${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'a blank in front of the slash': (status) => `HTTP /1.1 ${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'a hyphen for the slash': (status) => `HTTP-1.1 ${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'https as the protocol': (status) => `HTTPS/1.1 ${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'a vertical tab behind the version': (status) => `HTTP/1.1\v${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'a hard blank behind the version': (status) => `HTTP/1.1\xa0${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'a line of blanks in front': (status) => `  \r\nHTTP/1.1 ${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'two byte order marks': (status) =>
    `\xef\xbb\xbf\xef\xbb\xbfHTTP/1.1 ${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'a byte order mark in a line of its own': (status) =>
    `\xef\xbb\xbf\r\nHTTP/1.1 ${status} Any\r\nContent-Length: 0\r\n\r\n`,
  'an interim answer with LF': (status) =>
    `HTTP/1.1 100 Continue\n\nHTTP/1.1 ${status} Any\r\nContent-Length: 0\r\n\r\n`,
};

/** Heads that the end of the connection cuts off behind the status. */
export const cutHeads: Readonly<Record<string, (status: number) => string>> = {
  'behind the status': (status) => `HTTP/1.1 ${status}`,
  'behind the reason': (status) => `HTTP/1.1 ${status} Any`,
  'behind the status line': (status) => `HTTP/1.1 ${status} Any\r\n`,
  'in a header': (status) => `HTTP/1.1 ${status} Any\r\nServer: x`,
  'in front of the blank line': (status) => `HTTP/1.1 ${status} Any\r\nServer: x\r\n`,
};

/** Heads that are unusual and yet as HTTP wants them, with no body. */
export const regularHeads: Readonly<Record<string, (status: number) => string>> = {
  'no reason': (status) => `HTTP/1.1 ${status} \r\nContent-Length: 0\r\n\r\n`,
  'no reason and no blank': (status) => `HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`,
  'a value outside ASCII': (status) =>
    `HTTP/1.1 ${status} Any\r\nX-A: \xc3\xa4\xe4\r\nContent-Length: 0\r\n\r\n`,
  'an empty value': (status) => `HTTP/1.1 ${status} Any\r\nX-A:\r\nContent-Length: 0\r\n\r\n`,
  'a header of 64 kB': (status) =>
    `HTTP/1.1 ${status} Any\r\nX-A: ${'a'.repeat(64_000)}\r\nContent-Length: 0\r\n\r\n`,
  'interim answers in front': (status) =>
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 ${status} Any\r\nContent-Length: 0\r\n\r\n`,
};

/** Answers each request on a connection with the same bytes. */
export const answering = (text: string) => (socket: Socket) => {
  const answer = () => socket.write(Buffer.from(text, 'latin1'));
  answer();
  socket.on('data', answer);
};
