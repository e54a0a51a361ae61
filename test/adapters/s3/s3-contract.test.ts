import { s3InMemory } from '../../support/s3/s3.ts';
import { s3Contract } from './s3-contract.ts';

const objects = new Map<string, Uint8Array>();

s3Contract('the stand-in', async () => ({ client: s3InMemory({ bucket: objects }), bucket: 'bucket' }));
