// Between the connection and the rooms: who gets which frame, and what each action sends.

import { Room } from './room.js';

const PAGE = 50;
const TYPING_EVERY = 3_000;
const RECEIPT_DELAY = 150; // Marks that follow each other closely are one frame.

/** Events: `rooms` (list or an unread count changed), `open` (another room is shown), `trouble` (text for the user). */
export class Chat extends EventTarget {
  rooms = new Map(); // name → Room
  open = null;
  #connection;
  #user;
  #seen = new Map(); // room → {delivered, read, sent: {delivered, read}, timer}
  #typedAt = 0;
  #isWatched = () => false;

  constructor(connection, user, isWatched) {
    super();
    this.#connection = connection;
    this.#user = user;
    this.#isWatched = isWatched;
    const toRoom = (act) => ({ detail }) => {
      const room = this.#roomOf(detail.channel);
      if (room) act(room, detail);
    };
    connection.addEventListener('subscribed', toRoom((room, reply) => this.#subscribed(room, reply)));
    connection.addEventListener('message', toRoom((room, frame) => this.#message(room, frame)));
    connection.addEventListener('gap', toRoom((room, frame) => this.#gap(room, frame)));
    connection.addEventListener('presence', toRoom((room, frame) => room.presence(frame)));
    connection.addEventListener('typing', toRoom((room, frame) => room.typed(frame.user)));
    connection.addEventListener('receipt', toRoom((room, frame) => room.mark(frame)));
    connection.addEventListener('refused', toRoom((room, { error }) => this.#refused(room, error)));
    connection.addEventListener('problem', ({ detail }) => this.#say('trouble', detail.message));
  }

  /** Puts a room on the list without entering it. */
  propose(name) {
    if (this.rooms.has(name)) return;
    const room = new Room(name, this.#user);
    room.addEventListener('unread', () => this.#say('rooms'));
    this.rooms.set(name, room);
    this.#say('rooms');
  }

  join(name) {
    this.propose(name);
    this.#connection.subscribe(this.rooms.get(name).channel);
  }

  show(name) {
    this.join(name);
    this.open = this.rooms.get(name);
    this.#say('open');
    this.#say('rooms');
    if (this.open.history === 'unknown' && this.open.isJoined) this.loadOlder();
    this.watched();
  }

  leave(name) {
    const room = this.rooms.get(name);
    this.#connection.unsubscribe(room.channel);
    clearTimeout(this.#seen.get(room)?.timer);
    this.#seen.delete(room);
    room.left();
    this.#say('rooms');
  }

  send(text) {
    const entry = { key: crypto.randomUUID(), text, at: new Date() };
    this.open.addPending(entry);
    this.#typedAt = 0;
    this.#publish(this.open, entry);
  }

  /** Sends a message that was refused once more, under the same key. */
  sendAgain(room, entry) {
    delete entry.error;
    room.removePending(entry);
    room.addPending(entry);
    this.#publish(room, entry);
  }

  typed() {
    if (Date.now() - this.#typedAt < TYPING_EVERY) return;
    this.#typedAt = Date.now();
    this.#connection.send({ type: 'typing', channel: this.open.channel });
  }

  /** The person looks at the newest message of the open room, or may do so now. */
  watched() {
    const room = this.open;
    if (!room?.isJoined || !this.#isWatched()) return;
    room.setUnread(0);
    this.#raise(room, 'read', room.top);
  }

  async loadOlder() {
    const room = this.open;
    if (!room.isJoined || room.history === 'loading' || room.history === 'complete') return;
    const before = room.history;
    room.history = 'loading';
    try {
      const { messages, more } = await this.#connection.request({ type: 'history', channel: room.channel, before: room.oldest, limit: PAGE });
      // The room was left, or its log began anew, while the answer was on its way.
      if (!room.isJoined || room.history !== 'loading') return;
      room.prepend(messages, more);
      this.watched();
    } catch (error) {
      if (room.history === 'loading') room.history = before;
      if (error.code) this.#say('trouble', `Older messages cannot be read: ${error.message}`);
    }
  }

  async #publish(room, entry) {
    try {
      const { message } = await this.#connection.publish(room.channel, 'chat', { content: entry.text }, entry.key);
      room.accepted(entry, message);
    } catch (error) {
      room.failed(entry, error);
      this.#say('trouble', `Not sent: ${error.message}`);
    }
  }

  async #subscribed(room, reply) {
    const isFirst = !room.isJoined;
    room.subscribed(reply);
    this.#say('rooms');
    if (room === this.open && room.history === 'unknown') this.loadOlder();
    const { channel } = room;
    try {
      const [{ users }, { receipts }] = await Promise.all([
        this.#connection.request({ type: 'presence', channel }),
        this.#connection.request({ type: 'receipt', channel }),
      ]);
      room.setPeople(users);
      room.setMarks(receipts);
      const own = room.marks.get(this.#user);
      if (isFirst && own && room !== this.open) room.setUnread(Math.max(0, room.top - own.read));
    } catch (error) {
      if (error.code) this.#say('trouble', error.message);
    }
    this.#seen.delete(room); // Marks that were on their way when the connection broke are sent again.
    this.#raise(room, 'delivered', room.top);
    this.watched();
  }

  #message(room, frame) {
    room.receive(frame);
    this.#raise(room, 'delivered', frame.offset);
    if (room === this.open && this.#isWatched()) this.watched();
    else if (frame.from !== this.#user) room.setUnread(room.unread + 1);
  }

  #gap(room, frame) {
    if (frame.reason === 'epoch_changed') this.#seen.delete(room);
    room.gap(frame);
  }

  #refused(room, error) {
    room.left();
    this.rooms.delete(room.name);
    this.#say('trouble', `#${room.name}: ${error.message}`);
    this.#say('rooms');
    const [first] = this.rooms.keys();
    if (room === this.open && first) this.show(first);
  }

  #raise(room, mark, offset) {
    if (!this.#seen.has(room)) this.#seen.set(room, { delivered: 0, read: 0, sentDelivered: 0, sentRead: 0, timer: null });
    const seen = this.#seen.get(room);
    seen[mark] = Math.max(seen[mark], offset);
    seen.timer ??= setTimeout(() => {
      seen.timer = null;
      if (this.#seen.get(room) === seen) this.#sendMarks(room, seen);
    }, RECEIPT_DELAY);
  }

  #sendMarks(room, seen) {
    const frame = { type: 'receipt', channel: room.channel };
    if (seen.delivered > seen.sentDelivered) frame.delivered = seen.sentDelivered = seen.delivered;
    if (seen.read > seen.sentRead) frame.read = seen.sentRead = seen.read;
    if (frame.delivered || frame.read) this.#connection.send(frame);
  }

  #roomOf(channel) {
    return [...this.rooms.values()].find((room) => room.channel === channel);
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
