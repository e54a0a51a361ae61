import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalAwsError } from './failure.ts';
import { run } from './processes.ts';

export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  /** The certificate, and the user's own additional certificates. */
  readonly bundle: string;
}

/**
 * Makes a certificate for this machine. Only processes that get it trust it.
 *
 * @param python one with `cryptography`, because Node can sign but cannot make a certificate
 */
export async function makeCertificate(python: string, directory: string): Promise<TlsFiles> {
  mkdirSync(directory, { recursive: true });
  const script = join(import.meta.dirname, 'make-certificate.py');
  const { code, output } = await run(python, [script, directory], { env: process.env });
  if (code !== 0)
    throw new LocalAwsError(`No certificate could be made: ${output.trim().split('\n').at(-1)}`);
  const certificate = join(directory, 'certificate.pem');
  const bundle = join(directory, 'ca.pem');
  const extra = process.env['NODE_EXTRA_CA_CERTS'];
  // Skips this file itself, which the lines of an earlier `hookline env` may have set.
  const others =
    extra !== undefined && extra !== bundle && existsSync(extra) ? readFileSync(extra, 'utf8') : '';
  writeFileSync(bundle, `${readFileSync(certificate, 'utf8')}\n${others}`);
  return { certificate, key: join(directory, 'key.pem'), bundle };
}
