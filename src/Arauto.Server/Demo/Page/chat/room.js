// What is known of one room. Changes by its methods only; says what changed in events without payload but their subject.

const MOST_ITEMS = 2_000;
const TYPING_SHOWN = 5_000;
const MOST_ABSENT = 20;

/** Events: `append` (item), `reset`, `pending`, `people`, `typing`, `marks`, `unread`. */
export class Room extends EventTarget {
  channel;
  items = []; // {kind: message | notice | gap, …}, oldest first
  pending = []; // {key, text, at, error?, id?}: own messages the server has not handed back
  people = new Map(); // user → connections
  absent = new Set(); // users who spoke or were here, latest last
  typing = new Map(); // user → timer
  marks = new Map(); // user → {delivered, read}
  unread = 0;
  isJoined = false;
  epoch = null;
  top = 0; // The newest offset known.
  history = 'unknown'; // unknown | loading | more | complete
  draft = '';

  constructor(name, user) {
    super();
    this.name = name;
    this.user = user;
    this.channel = `public:${name}`;
  }

  left() {
    this.isJoined = false;
    this.items = [];
    this.people.clear();
    this.marks.clear();
    Object.assign(this, { history: 'unknown', unread: 0, top: 0, epoch: null });
    for (const event of ['reset', 'people', 'marks', 'unread']) this.#say(event);
  }

  /** @returns whether it is new; the history may have been quicker */
  receive(frame) {
    if (frame.epoch === this.epoch && frame.offset <= this.top) return false;
    this.top = frame.offset;
    this.epoch = frame.epoch;
    const message = toMessage(frame);
    if (message.from === this.user) this.#settle(message);
    this.#stopTyping(message.from);
    this.#remember(message.from);
    this.#append(message);
    return true;
  }

  /** Older messages, oldest first; `more` says whether there are older ones still. */
  prepend(frames, more) {
    const { oldest = Infinity } = this;
    const newest = frames.at(-1);
    this.epoch ??= newest?.epoch ?? null;
    // What came live while the page was on its way is in both.
    const messages = frames.filter(({ epoch, offset }) => epoch !== this.epoch || offset < oldest).map(toMessage);
    for (const message of messages) {
      this.#remember(message.from);
      if (message.from === this.user) this.#settle(message);
    }
    this.items.unshift(...messages);
    this.history = more ? 'more' : 'complete';
    if (newest?.epoch === this.epoch) this.top = Math.max(this.top, newest.offset);
    this.#say('reset');
    this.#say('people');
  }

  gap({ from, to, reason }) {
    if (reason === 'epoch_changed') {
      // Offsets start anew: what is shown stays, but neither marks nor "older" can refer to it any more.
      this.top = 0;
      this.marks.clear();
      this.history = 'complete';
      this.#say('marks');
    }
    this.#append({ kind: 'gap', from, to, reason });
  }

  /** The offset before which older messages are to be found; none while nothing is known. */
  get oldest() {
    return this.items.find((item) => item.kind === 'message' && item.epoch === this.epoch)?.offset;
  }

  addPending(entry) {
    this.pending.push(entry);
    this.#say('pending');
  }

  /** The server's answer: the message is in the log under this id, and comes or came as a message too. */
  accepted(entry, id) {
    entry.id = id;
    if (this.items.some((item) => item.id === id)) this.removePending(entry);
  }

  failed(entry, error) {
    entry.error = error;
    this.#say('pending');
  }

  removePending(entry) {
    this.pending = this.pending.filter((other) => other !== entry);
    this.#say('pending');
  }

  setPeople(users) {
    this.people = new Map(users.map(({ user, connections }) => [user, connections]));
    this.#say('people');
  }

  presence({ action, user }) {
    if (action === 'join') this.people.set(user, this.people.get(user) ?? 1);
    else this.people.delete(user);
    this.#remember(user);
    this.#stopTyping(user);
    this.#append({ kind: 'notice', text: action === 'join' ? `${user} joined` : `${user} left` });
    this.#say('people');
  }

  typed(user) {
    if (user === this.user) return;
    clearTimeout(this.typing.get(user));
    this.typing.set(user, setTimeout(() => this.#stopTyping(user), TYPING_SHOWN));
    this.#say('typing');
  }

  mark({ user, delivered, read }) {
    this.marks.set(user, { delivered, read });
    if (user === this.user && read >= this.top) this.setUnread(0);
    this.#say('marks');
  }

  setMarks(receipts) {
    this.marks = new Map(receipts.map(({ user, delivered, read }) => [user, { delivered, read }]));
    this.#say('marks');
  }

  setUnread(count) {
    if (this.unread === count) return;
    this.unread = count;
    this.#say('unread');
  }

  /** Which of the others have a message, and which have read it. */
  receiptsOf(message) {
    const delivered = [];
    const read = [];
    for (const [user, marks] of this.marks) {
      if (user === this.user || message.epoch !== this.epoch) continue;
      if (marks.read >= message.offset) read.push(user);
      else if (marks.delivered >= message.offset) delivered.push(user);
    }
    return { delivered, read };
  }

  #append(item) {
    this.items.push(item);
    this.#say('append', item);
    if (this.items.length <= MOST_ITEMS) return;
    this.items.splice(0, MOST_ITEMS / 2);
    if (this.history === 'complete') this.history = 'more';
    this.#say('reset');
  }

  /** Takes the waiting entry away that came back as this message: by its id, or by its text if the answer is still on its way. */
  #settle(message) {
    const entry = this.pending.find(({ id }) => id === message.id)
      ?? this.pending.find(({ id, text, error }) => !id && !error && text === message.text);
    if (entry) this.removePending(entry);
  }

  #stopTyping(user) {
    if (!this.typing.has(user)) return;
    clearTimeout(this.typing.get(user));
    this.typing.delete(user);
    this.#say('typing');
  }

  #remember(user) {
    this.absent.delete(user);
    this.absent.add(user);
    if (this.absent.size > MOST_ABSENT) this.absent.delete(this.absent.values().next().value);
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** Anybody may publish anything: what is no chat message is shown as it is. */
function toMessage({ type, data, timestamp, id, offset, epoch, from }) {
  const isChat = type === 'chat' && typeof data?.content === 'string';
  return {
    kind: 'message', id, offset, epoch,
    from: from ?? 'server',
    at: new Date(timestamp),
    text: isChat ? data.content : JSON.stringify(data),
    event: isChat ? null : type,
  };
}
