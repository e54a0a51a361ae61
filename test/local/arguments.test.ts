import { expect, test } from 'vitest';
import { parseStartArguments } from '../../local/arguments.ts';

test('npm start without arguments runs the app of cdk.json, on the usual ports, without strict checks', () => {
  expect(parseStartArguments([])?.app).toBeUndefined();
  expect(parseStartArguments([])).toMatchObject({
    port: 4566,
    metricsPort: 9464,
    strict: false,
    watch: false,
    verbose: false,
  });
});

test('npm start reads every flag', () => {
  const args = [
    '--strict',
    '--port',
    '0',
    '--metrics-port',
    '9000',
    '--app',
    'package.json',
    '--watch',
    '--verbose',
  ];

  expect(parseStartArguments([...args, '--state-dir', '/tmp/x'])).toEqual({
    app: 'package.json',
    port: 0,
    metricsPort: 9000,
    strict: true,
    watch: true,
    verbose: true,
    stateDir: '/tmp/x',
  });
});

test.each([
  [['--prot', '1'], /unknown option '--prot'/],
  [['--port'], /argument missing/],
  [['--port', '99999'], /'99999' is invalid.*0 to 65535/],
  [['--port', 'x'], /'x' is invalid.*0 to 65535/],
  [['--app', 'no/such.ts'], /'no\/such.ts' is invalid.*The file does not exist/],
  [['surplus'], /too many arguments/],
])('npm start refuses %j in one line that says how to get help', (args, message) => {
  expect(() => parseStartArguments(args)).toThrow(message);
  expect(() => parseStartArguments(args)).toThrow(/^[^\n]*\(npm start -- --help lists the options\)$/);
});
