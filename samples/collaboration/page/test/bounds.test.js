// The bounds of a document, against the built server.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { Sample } from '../../../../tests/browser/sample.js';

const MAX_UPDATES = 2000;
/** As many as may come at once; each may send only so many updates a second. */
const WRITERS = 20;

let sample;
let sockets;

before(async () => {
  sample = await Sample.start('collaboration', 'Collaboration');
  sockets = await Promise.all(Array.from({ length: WRITERS }, (_, i) => enter(`writer-${i}`)));
});

after(async () => {
  sockets?.forEach((socket) => socket.disconnect());
  await sample?.stop();
});

test('a document takes no more updates than are kept, until it has a state', { timeout: 60_000 }, async () => {
  const [reader] = sockets;
  const { epoch } = await reader.emitWithAck('join_document', 'full', 1);
  await Promise.all(sockets.slice(1).map((socket, i) => socket.emitWithAck('join_document', 'full', i + 2)));
  await Promise.all(sockets.map(fill));

  const updates = await readAll(reader, 0);
  assert.ok(updates.length >= MAX_UPDATES && updates.length < MAX_UPDATES + WRITERS, `${updates.length} updates`);
  const top = updates.length;
  const state = Uint8Array.of(1, 2, 3);
  assert.equal((await reader.emitWithAck('compact_document', 'full', '0000000000000000', top, state)).error.code, 'outdated');
  assert.equal((await reader.emitWithAck('compact_document', 'full', epoch, top + 1, state)).error.code, 'outdated');
  assert.equal(await reader.emitWithAck('compact_document', 'full', epoch, top, state), undefined);
  assert.deepEqual(await reader.emitWithAck('read_document', 'full', 0), { offset: top, updates: ['AQID'] });
  assert.equal((await update(reader, 'again')).offset, top + 1);
  assert.deepEqual(await readAll(reader, top), ['AA==']);
});

test('a page works on the document that it has joined, and on no other', async () => {
  // One of its own: those above have used up what they may send a second.
  const socket = await enter('reader');
  sockets.push(socket);
  await socket.emitWithAck('join_document', 'own', 1);
  for (const [event, ...parameters] of [['read_document', 'other', 0], ['update_document', 'other', Uint8Array.of(0), 'key'], ['awareness', 'other', Uint8Array.of(0)], ['join_document', 'other', 1]]) {
    const { error } = await socket.emitWithAck(event, ...parameters);
    assert.equal(error.code, 'failed', event);
  }
  assert.equal((await socket.emitWithAck('join_document', 'no name', 1)).error.code, 'invalid_message');
});

async function enter(user) {
  const response = await fetch(new URL('/token', sample.url), { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ user }) });
  const { token } = await response.json();
  const socket = io(new URL('/documents', sample.url).href, { auth: { token }, forceNew: true, transports: ['websocket'] });
  await new Promise((resolve, reject) => socket.on('connect', resolve).on('connect_error', reject));
  return socket;
}

/** Writes until the document takes no more. */
async function fill(socket) {
  while (true) {
    const { error } = await update(socket, crypto.randomUUID());
    if (error?.code === 'compaction_needed') return;
    assert.equal(error, undefined);
  }
}

/** Writes, as fast as a page may. */
async function update(socket, key) {
  while (true) {
    const answer = await socket.emitWithAck('update_document', 'full', Uint8Array.of(0), key);
    if (answer.error?.code !== 'rate_limited') return answer;
    await delay(answer.error.retry_after * 1000);
  }
}

async function readAll(socket, from) {
  const all = [];
  while (true) {
    const { offset, updates, error } = await socket.emitWithAck('read_document', 'full', from);
    assert.equal(error, undefined);
    if (updates.length === 0) return all;
    assert.equal(offset, from + updates.length, 'each update has a place');
    all.push(...updates);
    from = offset;
  }
}
