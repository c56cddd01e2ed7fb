// Answers every request with the same bytes, as cheaply as node:net can: its path says how many of them.
import { createServer } from 'node:net';

const HEAD_END = '\r\n\r\n';
const answers = new Map();

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  // The clients send head and body in one packet; a body without an empty line in it adds nothing.
  socket.on('data', (packet) => {
    const text = packet.latin1Slice();
    for (let at = text.indexOf(HEAD_END); at >= 0; at = text.indexOf(HEAD_END, at + 4))
      socket.write(answer(text.slice(text.indexOf('/') + 1, text.indexOf(' HTTP'))));
  });
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());

function answer(bytes) {
  if (!answers.has(bytes)) {
    const fields = `Content-Type: application/json\r\nRCRequestId: 1\r\nX-Rate-Limit-Group: light\r\nContent-Length: ${bytes}\r\n`;
    answers.set(bytes, Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${fields}\r\n`), Buffer.alloc(Number(bytes), 'a')]));
  }
  return answers.get(bytes);
}
