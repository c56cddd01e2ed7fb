// oidc-provider with what it brings: opaque tokens in its own adapter in memory.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

console.warn = () => {};
const port = Number(process.argv[2]);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'YourAppKey',
      client_secret: 'YourAppSecret',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    },
  ],
  features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
});
createServer(provider.callback()).listen(port, '127.0.0.1', () => process.send('ready'));
