// What the proxies stand in front of: a token endpoint, and 1 KB for whoever brings its token, as cheaply as node:net can.
// node servers/platform.mjs PORT TOKEN TOKEN_SECONDS
import { createServer } from 'node:net';

const [port, token, lifetime] = process.argv.slice(2);
const HEAD_END = '\r\n\r\n';
const RATE = 'X-Rate-Limit-Group: light\r\nX-Rate-Limit-Limit: 100000000\r\nX-Rate-Limit-Remaining: 99999999\r\nX-Rate-Limit-Window: 60\r\n';
const KILOBYTE = answer(200, JSON.stringify({ id: 1, pad: 'x'.repeat(1_006) }), RATE);
const REFUSED = answer(401, JSON.stringify({ errorCode: 'AGW-401', message: 'not the token that was expected' }));
const PAIR = { token_type: 'bearer', expires_in: Number(lifetime), refresh_token_expires_in: 604_800, scope: 'ReadAccounts', owner_id: '403141004' };
const LENGTH = /\r\ncontent-length: (\d+)/i;
const WITH_TOKEN = new RegExp(`\\r\\nauthorization: bearer ${token}`, 'i');
let issued = 0;

const server = createServer({ noDelay: true }, (socket) => {
  let head = '';
  let bodyLeft = 0;
  let waiting;
  socket.on('error', () => {});
  socket.on('data', (packet) => {
    let at = 0;
    while (at < packet.length) {
      if (bodyLeft > 0) {
        const taken = Math.min(bodyLeft, packet.length - at);
        bodyLeft -= taken;
        at += taken;
      } else {
        const text = head + packet.latin1Slice(at);
        const end = text.indexOf(HEAD_END);
        if (end < 0) {
          head = text;
          return;
        }
        at += end + HEAD_END.length - head.length;
        head = '';
        bodyLeft = Number(LENGTH.exec(text.slice(0, end))?.[1] ?? 0);
        waiting = answerTo(text.slice(0, end));
        if (text.includes('100-continue')) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      }
      if (bodyLeft === 0 && waiting) {
        socket.write(waiting);
        waiting = undefined;
      }
    }
  });
});
server.listen(Number(port), '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());

function answerTo(head) {
  if (head.startsWith('POST /restapi/oauth/token')) return tokenPair();
  return WITH_TOKEN.test(head) ? KILOBYTE : REFUSED;
}

function tokenPair() {
  issued += 1;
  return answer(200, JSON.stringify({ ...PAIR, access_token: `${token}${issued}`, refresh_token: `refresh-${issued}`, endpoint_id: `endpoint-${issued}` }));
}

function answer(status, body, fields = '') {
  return Buffer.from(
    `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Unauthorized'}\r\nContent-Type: application/json\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`,
  );
}
