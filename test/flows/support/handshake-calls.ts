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
  [
    'strava',
    'echoes the challenge of the right verify token as JSON',
    { search: '?hub.mode=subscribe&hub.challenge=15f7d1a91c1f40&hub.verify_token=verify-token' },
    [200, '{"hub.challenge":"15f7d1a91c1f40"}'],
  ],
  [
    'strava',
    'refuses the wrong verify token',
    { search: '?hub.mode=subscribe&hub.challenge=15f7d1a91c1f40&hub.verify_token=verify-tokem' },
    [403, '{"error":"forbidden"}'],
  ],
  ['ebay', 'takes no empty challenge', { search: '?challenge_code=' }, [400, '{"error":"invalid_request"}']],
  ['dropbox', 'echoes its challenge', { search: '?challenge=abc123' }, [200, 'abc123']],
  ['mandrill', 'answers HEAD', { method: 'HEAD' }, [200, '']],
  [
    'nylas',
    'echoes its challenge',
    { search: '?challenge=bc609b38-c81f-47fb-a275-1d9bd61a968b' },
    [200, 'bc609b38-c81f-47fb-a275-1d9bd61a968b'],
  ],
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

/** Signed challenges, and the response to a verified one. */
export const signedHandshakeCalls: readonly (readonly [
  string,
  string,
  HandshakeCall,
  readonly [number, unknown],
])[] = [
  [
    'slack',
    'echoes its challenge',
    { body: '{"type":"url_verification","challenge":"3eZbrw1a"}' },
    [200, '3eZbrw1a'],
  ],
  ['discord', 'answers a ping', { body: '{"type":1,"id":"1","application_id":"2"}' }, [200, '{"type":1}']],
  ['discord', 'notes a ping of events', { body: '{"version":1,"application_id":"2","type":0}' }, [204, '']],
  [
    'twitch',
    'echoes its challenge',
    {
      headers: { 'twitch-eventsub-message-type': 'webhook_callback_verification' },
      body: '{"challenge":"pogchamp-kappa","subscription":{"type":"stream.online"}}',
    },
    [200, 'pogchamp-kappa'],
  ],
  [
    'twitch',
    'takes no challenge for an event',
    { headers: { 'twitch-eventsub-message-type': 'notification' }, body: '{"challenge":"a"}' },
    [400, '{"error":"invalid_body"}'],
  ],
  [
    'zoom',
    'signs no text that could be an event',
    { body: '{"event":"endpoint.url_validation","payload":{"plainToken":"v0:1795000000:{}"}}' },
    [400, '{"error":"invalid_body"}'],
  ],
  [
    'xero',
    'notes an intent to receive',
    { body: '{"events":[],"lastEventSequence":0,"firstEventSequence":0,"entropy":"S0m3r4Nd0mt3xt"}' },
    [200, ''],
  ],
  [
    'okta',
    'echoes its challenge',
    { method: 'GET', headers: { 'x-okta-verification-challenge': 'ch' } },
    [200, '{"verification":"ch"}'],
  ],
];
