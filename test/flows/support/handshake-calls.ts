interface HandshakeCall {
  readonly method?: string;
  readonly search?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Challenges that need no signature: provider, what happens, the call, and the status and body of the answer. */
export const handshakeCalls: readonly (readonly [
  string,
  string,
  HandshakeCall,
  readonly [number, unknown],
])[] = [
  [
    'meta',
    'echoes the challenge of the right verify token',
    { search: '?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=verify-token' },
    [200, '1158201444'],
  ],
  [
    'meta',
    'refuses the wrong verify token',
    { search: '?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=verify-tokem' },
    [403, '{"error":"forbidden"}'],
  ],
  ['dropbox', 'echoes its challenge', { search: '?challenge=abc123' }, [200, 'abc123']],
  ['trello', 'answers HEAD', { method: 'HEAD' }, [200, '']],
  ['intercom', 'answers HEAD', { method: 'HEAD' }, [200, '']],
  [
    'msgraph',
    'echoes its validation token, decoded once',
    {
      method: 'POST',
      search: '?validationToken=Validation%3A%20a%2Bb',
      headers: { 'content-type': 'text/plain' },
    },
    [200, 'Validation: a+b'],
  ],
  [
    'msgraph',
    'echoes no markup',
    { method: 'POST', search: '?validationToken=%3Cscript%3E' },
    [400, '{"error":"invalid_body"}'],
  ],
  [
    'monday',
    'echoes its challenge as JSON',
    { method: 'POST', body: '{"challenge":"c1"}' },
    [200, '{"challenge":"c1"}'],
  ],
  [
    'x',
    'signs no text that could be an event',
    { search: '?crc_token=%7B%22a%22%3A1%7D' },
    [400, '{"error":"invalid_request"}'],
  ],
  [
    'braintree',
    'signs no text that could be a payload',
    { search: '?bt_challenge=PG5vdGlm' },
    [400, '{"error":"invalid_request"}'],
  ],
  [
    'slack',
    'answers the test of a slash command',
    {
      method: 'POST',
      body: 'ssl_check=1&token=x',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    [200, ''],
  ],
  [
    'woocommerce',
    'answers the ping of a new webhook',
    {
      method: 'POST',
      body: 'webhook_id=17',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    [200, ''],
  ],
  ['stripe', 'has no challenge: a GET is refused', {}, [401, '{"error":"invalid_signature"}']],
];
