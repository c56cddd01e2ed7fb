// @node-oauth/oauth2-server on bare node:http, the fastest way to run it, with a model in memory.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import OAuth2Server from '@node-oauth/oauth2-server';

const CLIENT = { id: 'YourAppKey', secret: 'YourAppSecret', grants: ['client_credentials'] };
// So many as the sandbox keeps of such sessions: neither fills the memory.
const KEPT = 100;
const tokens = new Map();
const server = new OAuth2Server({
  model: {
    getClient: async (id, secret) => (id === CLIENT.id && (secret === null || secret === CLIENT.secret) ? CLIENT : null),
    getUserFromClient: async ({ id }) => ({ id }),
    getAccessToken: async (token) => tokens.get(token),
    saveToken: async (token, client, user) => {
      const saved = { ...token, client, user };
      tokens.set(token.accessToken, saved);
      if (tokens.size > KEPT) tokens.delete(tokens.keys().next().value);
      return saved;
    },
  },
});

createServer(async (incoming, outgoing) => {
  const body = Object.fromEntries(new URLSearchParams(await text(incoming)));
  const request = new OAuth2Server.Request({ method: incoming.method, headers: incoming.headers, query: {}, body });
  const response = new OAuth2Server.Response({});
  // What goes wrong stands in the response, too.
  await server.token(request, response).catch(() => {});
  const answer = JSON.stringify(response.body);
  outgoing.writeHead(response.status, { ...response.headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
  outgoing.end(answer);
}).listen(Number(process.argv[2]), '127.0.0.1', () => process.send('ready'));
