// http-proxy with kept connections: node servers/proxy-http-proxy.mjs PORT UPSTREAM AUTHORIZATION
import { Agent, createServer } from 'node:http';
import httpProxy from 'http-proxy';

const [port, target, authorization] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 512, maxFreeSockets: 512 });
const proxy = httpProxy.createProxyServer({ target, agent, headers: { authorization } });
proxy.on('error', (_error, _incoming, outgoing) => outgoing.destroy());

createServer((incoming, outgoing) => proxy.web(incoming, outgoing)).listen(Number(port), '127.0.0.1', () => process.send('ready'));
process.on('disconnect', () => process.exit());
