// Bare undici `dispatch` behind node:http, as short as a proxy can be: node servers/proxy-undici.mjs PORT UPSTREAM AUTHORIZATION
import { createServer } from 'node:http';
import { Pool } from 'undici';

const [port, upstream, authorization] = process.argv.slice(2);
const NOT_FORWARDED = new Set(['host', 'connection', 'keep-alive', 'te', 'transfer-encoding', 'upgrade', 'authorization']);
const pool = new Pool(upstream, { connections: 512, pipelining: 1 });

createServer((incoming, outgoing) => {
  const headers = ['authorization', authorization];
  for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
    const name = incoming.rawHeaders[at];
    if (!NOT_FORWARDED.has(name.toLowerCase())) headers.push(name, incoming.rawHeaders[at + 1]);
  }
  const body = 'content-length' in incoming.headers ? incoming : null;
  pool.dispatch(
    { method: incoming.method, path: incoming.url, headers, body },
    {
      onConnect() {},
      onHeaders(status, raw, resume) {
        const named = [];
        for (let at = 0; at < raw.length; at += 2) {
          const name = raw[at].latin1Slice();
          if (!NOT_FORWARDED.has(name.toLowerCase())) named.push(name, raw[at + 1].latin1Slice());
        }
        outgoing.writeHead(status, named);
        outgoing.on('drain', resume);
        return true;
      },
      onData: (chunk) => outgoing.write(chunk),
      onComplete: () => outgoing.end(),
      onError: () => outgoing.destroy(),
    },
  );
}).listen(Number(port), '127.0.0.1', () => process.send('ready'));
process.on('disconnect', () => process.exit());
