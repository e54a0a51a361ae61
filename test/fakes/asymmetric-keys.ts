import { generateKeyPairSync, type KeyObject } from 'node:crypto';

/** A self-signed certificate whose key is nobody's. */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBgzCCASmgAwIBAgIUdSLD50jF60xPlq/HWyELAw4fzigwCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMZXhhbXBsZS50ZXN0MB4XDTI2MTEyNzIzMzAyN1oXDTM2MTEy
NDIzMzAyN1owFzEVMBMGA1UEAwwMZXhhbXBsZS50ZXN0MFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEx7Xv170SPjV4tDp77/LpK/tLUx6yptit8AuzaintkVcWJWDS
9XvRzIxwWmZ3eldn8UZapZNYfPtR6h8qVYzkxKNTMFEwHQYDVR0OBBYEFBxmYS3z
jIb2sYz9eiweBtHGKBjSMB8GA1UdIwQYMBaAFBxmYS3zjIb2sYz9eiweBtHGKBjS
MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAM2WlI8XllBP3lWv
X64yTIaD5evubtDQfqDLYlmelGRCAiA45gdTT7bxLoV+mK3AsV3LeArXYEVUwU4t
FpYZQeSgSg==
-----END CERTIFICATE-----`;

const pairs = [
  ['Ed25519', generateKeyPairSync('ed25519')],
  ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 })],
] as const satisfies readonly (readonly [string, { publicKey: KeyObject; privateKey: KeyObject }])[];

type Form = readonly [name: string, text: string];

const text = (value: string | Buffer): string => String(value);
const oneLine = (pem: string): string => pem.replace(/\n/g, '');
const length = (bytes: Buffer): Buffer => {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(bytes.length);
  return Buffer.concat([prefix, bytes]);
};

/** What `ssh-keygen` writes for a public key. */
function openSsh(key: KeyObject): string | undefined {
  const { kty, x = '', n = '', e = '' } = key.export({ format: 'jwk' });
  const bytes = (part: unknown) => Buffer.from(String(part), 'base64url');
  if (kty === 'OKP')
    return `ssh-ed25519 ${Buffer.concat([length(Buffer.from('ssh-ed25519')), length(bytes(x))]).toString('base64')}`;
  if (kty !== 'RSA') return undefined;
  const modulus = Buffer.concat([Buffer.of(0), bytes(n)]);
  const blob = [Buffer.from('ssh-rsa'), bytes(e), modulus].map(length);
  return `ssh-rsa ${Buffer.concat(blob).toString('base64')}`;
}

function formsOf(name: string, key: KeyObject, type: 'spki' | 'pkcs8'): Form[] {
  const der = key.export({ format: 'der', type: type as 'spki' });
  const pem = text(key.export({ format: 'pem', type: type as 'spki' })).trim();
  const jwk = JSON.stringify(key.export({ format: 'jwk' }));
  return [
    [`${name} as PEM`, pem],
    [`${name} as PEM, indented`, pem.replace(/^/gm, '  ')],
    [`${name} as PEM with CR LF`, pem.replace(/\n/g, '\r\n')],
    [`${name} as PEM on one line`, oneLine(pem)],
    [`${name} as PEM with \\n`, pem.replace(/\n/g, '\\n')],
    [`${name} as PEM in quotes`, JSON.stringify(pem)],
    [`${name} as PEM in quotes twice`, JSON.stringify(JSON.stringify(pem))],
    [`${name} as PEM in single quotes`, `'${pem}'`],
    [`${name} as PEM behind a mark that nobody sees`, `\u200b${pem}`],
    [`${name} as PEM in base64`, Buffer.from(pem).toString('base64')],
    [`${name} without the first line of its PEM`, pem.split('\n').slice(1).join('\n')],
    [`${name} without the first and the last line of its PEM`, pem.split('\n').slice(1, -1).join('\n')],
    [`${name} as DER in base64`, der.toString('base64')],
    [`${name} as DER in base64, in quotes`, `"${der.toString('base64')}"`],
    [`${name} as DER in base64url`, der.toString('base64url')],
    [`${name} as DER in hex`, der.toString('hex')],
    [`${name} as DER in hex, in capitals`, der.toString('hex').toUpperCase()],
    [`${name} as a JSON Web Key`, jwk],
    [`${name} as a JSON Web Key, as a text`, JSON.stringify(jwk)],
    [`${name} as a JSON Web Key in base64url`, Buffer.from(jwk).toString('base64url')],
    [`${name} as a key set`, `{"keys":[${jwk}]}`],
  ];
}

const opened = pairs.flatMap(([name, { publicKey }]): Form[] => {
  const ssh = openSsh(publicKey);
  const blob = ssh?.split(' ')[1] ?? '';
  const lines: Form[] =
    ssh === undefined
      ? []
      : [
          [`${name} for OpenSSH`, ssh],
          [`${name} for OpenSSH with a comment`, `${ssh} me@laptop`],
          [`${name} for OpenSSH in quotes`, `"${ssh}"`],
          [`${name} for OpenSSH, the middle alone`, blob],
          [`${name} as a line of known_hosts`, `example.test ${ssh}`],
        ];
  const { kty, x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const points: Form[] =
    kty !== 'EC'
      ? []
      : [
          [`${name} as a point in base64url`, point.toString('base64url')],
          [`${name} as a point in hex`, point.toString('hex')],
        ];
  return [...formsOf(`a public key ${name}`, publicKey, 'spki'), ...lines, ...points];
});
const rsa = pairs[3][1];
const pkcs1: readonly Form[] = [
  ['a public RSA key as PKCS #1', text(rsa.publicKey.export({ format: 'pem', type: 'pkcs1' }))],
  [
    'a public RSA key as PKCS #1 DER',
    rsa.publicKey.export({ format: 'der', type: 'pkcs1' }).toString('base64'),
  ],
];

/** Public keys in every notation in which somebody may copy them. */
export const publicKeys: readonly Form[] = [
  ...opened,
  ...pkcs1,
  ['a public key whpk_', `whpk_${Buffer.alloc(32, 9).toString('base64')}`],
];

/** What only who signs may have, and what holds a public key among other things. */
export const keysOfNobody: readonly Form[] = [
  ...pairs.flatMap(([name, { privateKey }]) => formsOf(`a private key ${name}`, privateKey, 'pkcs8')),
  ['a private RSA key as PKCS #1', text(rsa.privateKey.export({ format: 'pem', type: 'pkcs1' }))],
  [
    'a private RSA key as PKCS #1 DER',
    rsa.privateKey.export({ format: 'der', type: 'pkcs1' }).toString('base64'),
  ],
  [
    'a private key of OpenSSH',
    '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE=\n-----END OPENSSH PRIVATE KEY-----',
  ],
  ['a private key whsk_', `whsk_${Buffer.alloc(32, 9).toString('base64')}`],
  ['a certificate', certificate],
  ['a certificate in quotes', JSON.stringify(certificate)],
  ['a certificate as DER', certificate.split('\n').slice(1, -1).join('')],
  [
    'a public key of PGP',
    '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ\n-----END PGP PUBLIC KEY BLOCK-----',
  ],
  ['a public key of SSH2', '---- BEGIN SSH2 PUBLIC KEY ----\nAAAAC3Nz\n---- END SSH2 PUBLIC KEY ----'],
];
