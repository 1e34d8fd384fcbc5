// The reference server at the work of perf/run socketio, tuned as its documentation says: native add-ons, WebSocket only,
// no compression, the handshake's request let go of. Prints its port. `recovery` turns connection state recovery on,
// REDIS_URL joins it with others.

import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { createClient } from 'redis';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, {
  transports: ['websocket'],
  serveClient: false,
  perMessageDeflate: false,
  connectionStateRecovery: process.argv[2] === 'recovery' ? {} : undefined,
});

if (process.env.REDIS_URL) {
  const clients = [createClient({ url: process.env.REDIS_URL }), createClient({ url: process.env.REDIS_URL })];
  await Promise.all(clients.map((client) => client.connect()));
  io.adapter(createAdapter(...clients));
}

io.on('connection', (socket) => {
  socket.conn.request = null;
  socket.on('join', (room, answer) => {
    socket.join(room);
    answer();
  });
  socket.on('publish', (room, text) => io.to(room).emit('message', text));
});

// A backlog for the fleet's handshakes.
http.listen(0, '127.0.0.1', 4096, () => console.log(http.address().port));
