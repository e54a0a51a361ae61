import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect } from 'vitest';
import { type LocalAws, startLocalAws } from '../../../local/emulator.ts';
import { clientConfig, trust } from '../../../local/endpoint.ts';
import type { Draft } from '../../../testing/signing/draft.ts';
import { providers, secretValue } from './every-provider.ts';
import type { LocalStack } from './local-stack.ts';

export const publicUrl = (name: string): string => `https://hooks.example.test/webhooks/${name}`;

/** A separate stack with a source of every provider, beside the one of the other flows. */
export function everyProviderStack({ outputs }: LocalStack) {
  const endpoint = { url: outputs.awsEndpoint, caFile: outputs.caFile };
  const stateDir = mkdtempSync(join(tmpdir(), 'hookline-providers-'));
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig(endpoint)));
  const secrets = new SecretsManagerClient(clientConfig(endpoint));
  let aws: LocalAws;

  beforeAll(async () => {
    trust(endpoint);
    const app = 'test/apps/every-provider.ts';
    aws = await startLocalAws({ app, stateDir, strict: true, port: 0, endpoint });
    for (const [name] of providers) {
      const value = secretValue(name);
      if (value !== undefined) await putSecret(name, value);
    }
  });

  afterAll(async () => {
    await aws.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  const sourceOf = (name: string) => {
    const source = aws.outputs.inbound.sources[name];
    if (source === undefined) throw new Error(`there is no source ${name}`);
    return source;
  };

  const putSecret = (name: string, value: string) =>
    secrets.send(new PutSecretValueCommand({ SecretId: sourceOf(name).secretArn, SecretString: value }));

  async function storedSecret(name: string): Promise<string> {
    try {
      const id = { SecretId: sourceOf(name).secretArn };
      const { SecretString = '' } = await secrets.send(new GetSecretValueCommand(id));
      return SecretString;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return '';
      throw error;
    }
  }

  async function call(name: string, { method, url, headers, body }: Draft) {
    const target = new URL(sourceOf(name).url);
    target.search = new URL(url).search;
    const response = await fetch(target, {
      method,
      headers,
      ...(method === 'POST' && { body: Buffer.from(body) }),
    });
    const answer = await response.text();
    return {
      status: response.status,
      answer,
      type: response.headers.get('content-type'),
      headers: response.headers,
    };
  }

  const event = async (name: string, id: string) => {
    const key = { id: `${name}#${id}` };
    const { Item } = await dynamodb.send(
      new GetCommand({ TableName: aws.outputs.tables.inboundEvents, Key: key }),
    );
    return Item;
  };

  /** If no dashboard shows the secret, it comes in a handshake, which another test checks. */
  async function secretOf(name: string): Promise<string> {
    return (await storedSecret(name)) || (await handshakeSecret(name));
  }

  const handshakes: Readonly<Record<string, readonly [string, Record<string, string>, string]>> = {
    asana: ['a1'.repeat(32), { 'x-hook-secret': 'a1'.repeat(32) }, '{}'],
    notion: ['secret_tok3nOfNotion', {}, '{"verification_token":"secret_tok3nOfNotion"}'],
  };

  async function handshakeSecret(name: string): Promise<string> {
    const [secret = '', headers = {}, body = ''] = handshakes[name] ?? [];
    const url = publicUrl(name);
    const answer = await call(name, { method: 'POST', url, headers, body: Buffer.from(body) });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-hook-secret')).toBe(headers['x-hook-secret'] ?? null);
    return secret;
  }

  return { call, event, secretOf, storedSecret, handshakes, sourceOf };
}

/** The id under which a sample is stored: it is in our answer, but for providers who want another one. */
export function storedId(name: string, { body }: Draft, answer: string): string {
  const text = Buffer.from(body).toString('utf8');
  switch (name) {
    case 'twilio':
      return `${new URLSearchParams(text).get('MessageSid')}:delivered`;
    case 'airtable':
      return `${JSON.parse(text).webhook.id}:${JSON.parse(text).timestamp}`;
    case 'okta':
      return JSON.parse(text).data.events[0].uuid;
    case 'adyen':
      return `${JSON.parse(text).notificationItems[0].NotificationRequestItem.pspReference}:AUTHORISATION:true`;
    case 'discord':
      return createHash('sha256').update(body).digest('hex');
    case 'slack':
      return JSON.parse(text).event_id;
    case 'supabase':
      return JSON.parse(text).metadata.uuid;
    case 'telegram':
      return String(JSON.parse(text).update_id);
    case 'xero':
      return createHash('sha256')
        .update(JSON.stringify(JSON.parse(text).events[0]))
        .digest('hex');
    default:
      return JSON.parse(answer).id;
  }
}
