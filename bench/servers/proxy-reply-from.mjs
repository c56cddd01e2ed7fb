// @fastify/reply-from, whose way out is undici: node servers/proxy-reply-from.mjs PORT UPSTREAM AUTHORIZATION
import replyFrom from '@fastify/reply-from';
import fastify from 'fastify';

const [port, base, authorization] = process.argv.slice(2);
const app = fastify();
await app.register(replyFrom, { base, undici: { connections: 512, pipelining: 1 } });
// Bodies go on as they come.
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
app.all('/*', (request, reply) => reply.from(request.raw.url, { rewriteRequestHeaders: (_request, headers) => ({ ...headers, authorization }) }));
await app.listen({ port: Number(port), host: '127.0.0.1' });
process.send('ready');
process.on('disconnect', () => process.exit());
