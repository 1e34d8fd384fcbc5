// Between the client and the rooms: who gets which message, and what each action sends.

import { Room } from './room.js';

const PAGE = 50;
const TYPING_EVERY = 3_000;
const RECEIPT_DELAY = 150; // Marks that follow each other closely are one command.

/** Events: `rooms` (list or an unread count changed), `open` (another room is shown), `trouble` (text for the user). */
export class Chat extends EventTarget {
  rooms = new Map(); // name → Room
  open = null;
  #client;
  #user;
  #channels = new Map(); // name → channel, for rooms that were ever entered
  #seen = new Map(); // room → {delivered, read, sentDelivered, sentRead, timer}
  #typedAt = 0;
  #isWatched = () => false;

  constructor(client, user, isWatched) {
    super();
    this.#client = client;
    this.#user = user;
    this.#isWatched = isWatched;
    client.on('error', ({ message }) => this.#say('trouble', message));
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
    if (this.#channels.has(name)) this.#channels.get(name).subscribe();
    else this.#channels.set(name, this.#listen(name));
  }

  show(name) {
    this.join(name);
    this.open = this.rooms.get(name);
    this.#say('open');
    this.#say('rooms');
    this.watched();
  }

  leave(name) {
    const room = this.rooms.get(name);
    this.#channelOf(room).unsubscribe();
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
    this.#channelOf(this.open).typing();
  }

  /** The person looks at the newest message of the open room, or may do so now. */
  watched() {
    const room = this.open;
    if (!room?.isJoined || !this.#isWatched()) return;
    room.setUnread(0);
    this.#raise(room, 'read', room.top);
  }

  async loadOlder(room = this.open) {
    if (!room.isJoined || room.history === 'loading' || room.history === 'complete') return;
    const before = room.history;
    room.history = 'loading';
    try {
      const { messages, more } = await this.#channelOf(room).history({ before: room.oldest, limit: PAGE });
      // The room was left, or its log began anew, while the answer was on its way.
      if (!room.isJoined || room.history !== 'loading') return;
      room.prepend(messages, more);
      this.watched();
    } catch (error) {
      if (room.history === 'loading') room.history = before;
      this.#say('trouble', `Older messages cannot be read: ${error.message}`);
    }
  }

  /** A channel keeps its handlers while its room is left and entered again. */
  #listen(name) {
    const toRoom = (act) => (value) => this.rooms.has(name) && act(this.rooms.get(name), value);
    return this.#client.channel(this.rooms.get(name).channel)
      .on('subscribe', toRoom((room) => this.#subscribed(room)))
      .on('*', toRoom((room, message) => this.#message(room, message)))
      .on('gap', toRoom((room, gap) => this.#gap(room, gap)))
      .on('presence', toRoom((room, change) => room.presence(change)))
      .on('typing', toRoom((room, { user }) => room.typed(user)))
      .on('receipt', toRoom((room, receipt) => room.mark(receipt)))
      .on('error', toRoom((room, error) => this.#refused(room, error)));
  }

  async #publish(room, entry) {
    try {
      const { message } = await this.#channelOf(room).publish('chat', { content: entry.text }, { key: entry.key });
      room.accepted(entry, message);
    } catch (error) {
      room.failed(entry, error);
      this.#say('trouble', `Not sent: ${error.message}`);
    }
  }

  async #subscribed(room) {
    const isFirst = !room.isJoined;
    room.isJoined = true;
    this.#say('rooms');
    const channel = this.#channelOf(room);
    try {
      const [users, receipts] = await Promise.all([channel.presence(), channel.receipts(), room.history === 'unknown' && this.loadOlder(room)]);
      room.setPeople(users);
      room.setMarks(receipts);
      const own = room.marks.get(this.#user);
      if (isFirst && own && room !== this.open) room.setUnread(Math.max(0, room.top - own.read));
    } catch (error) {
      this.#say('trouble', error.message);
    }
    this.#seen.delete(room); // Marks that were on their way when the connection broke are sent again.
    this.#raise(room, 'delivered', room.top);
    this.watched();
  }

  #message(room, frame) {
    if (!room.receive(frame)) return;
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
    const marks = {};
    if (seen.delivered > seen.sentDelivered) marks.delivered = seen.sentDelivered = seen.delivered;
    if (seen.read > seen.sentRead) marks.read = seen.sentRead = seen.read;
    if (marks.delivered || marks.read) this.#channelOf(room).receipt(marks).catch(({ message }) => this.#say('trouble', message));
  }

  #channelOf(room) {
    return this.#channels.get(room.name);
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
