// One page's part in one document: gives its own changes to the server until they are in the document's log, and reads
// from there what it does not have, however often the connection breaks.

import { io } from 'socket.io-client';
import * as Y from 'yjs';
import { applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness';
import { fromBase64 } from './bytes.js';

const ANSWER_TIMEOUT = 10_000;
/** Refusals that another try may not meet, and the milliseconds before it. */
const PASSING = new Set(['unavailable', 'rate_limited', 'internal']);
const RETRY_PAUSE = 2_000;
/** Milliseconds in which key strokes, and movements of the caret, are gathered. */
const UPDATE_PAUSE = 40;
const AWARENESS_PAUSE = 50;

export class Session extends EventTarget {
  #document;
  #doc;
  #awareness;
  #socket;
  /** The log's position up to which this page has everything, and the newest that it has seen. */
  #epoch = null;
  #offset = 0;
  #newest = 0;
  /** Changes that are not known to be in the log, and what of them is on its way. */
  #unsaved = [];
  #sending = null;
  #isJoined = false;
  #isReading = false;
  #updateTimer = null;
  #awarenessTimer = null;

  /**
   * Dispatches `state` (see `state`), `people`, `user_joined`, `user_left`, and `refused` when the server takes no more.
   * @param {(callback: (auth: object) => void) => void} auth who this is, asked for at each connection
   */
  constructor(document, doc, awareness, auth) {
    super();
    this.#document = document;
    this.#doc = doc;
    this.#awareness = awareness;
    doc.on('update', (update, origin) => origin === this || this.#keep(update));
    awareness.on('update', (changes, origin) => origin === this || this.#tellAwareness());
    this.#socket = io('/documents', { auth })
      .on('connect', () => this.#join())
      .on('disconnect', () => this.#leave())
      .on('connect_error', () => this.#tellState())
      .on('update', (update, message) => this.#take(update, message))
      .on('awareness', (update) => applyAwarenessUpdate(awareness, new Uint8Array(update), this))
      .on('user_joined', (person) => this.#welcome(person))
      .on('user_left', (person) => this.#dismiss(person));
  }

  /** `connected` is whether the server hears this page, `unsaved` how many changes only this page has. */
  get state() {
    return { connected: this.#isJoined, unsaved: this.#unsaved.length + (this.#sending?.count ?? 0) };
  }

  async #join() {
    try {
      const { epoch, top, people } = await this.#ask('join_document', this.#document, this.#awareness.clientID);
      if (this.#epoch !== epoch) this.#beginAnew(epoch);
      this.#newest = Math.max(this.#newest, top);
      this.#isJoined = true;
      this.dispatchEvent(new CustomEvent('people', { detail: people }));
      await this.#read();
      this.#tellAwareness();
      this.#flush();
    } catch (problem) {
      this.#handle(problem);
    }
    this.#tellState();
  }

  #leave() {
    this.#isJoined = false;
    const others = [...this.#awareness.getStates().keys()].filter((client) => client !== this.#awareness.clientID);
    removeAwarenessStates(this.#awareness, others, this);
    this.#tellState();
  }

  /** Another log: the first one, or the server lost what it had. Then this page gives it all it has. */
  #beginAnew(epoch) {
    const isFirst = this.#epoch === null;
    this.#epoch = epoch;
    this.#offset = this.#newest = 0;
    if (!isFirst) this.#unsaved = [Y.encodeStateAsUpdate(this.#doc)];
  }

  /** Reads the log up to the newest offset that was seen. */
  async #read() {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#offset < this.#newest) {
        const { offset, updates } = await this.#ask('read_document', this.#document, this.#offset);
        Y.transact(this.#doc, () => updates.forEach((update) => Y.applyUpdate(this.#doc, fromBase64(update), this)), this);
        if (offset <= this.#offset) break;
        this.#offset = offset;
      }
    } finally {
      this.#isReading = false;
    }
  }

  /** An update from the log. Yjs takes them in any order and more than once; the offset says whether one is missing. */
  #take(update, { offset }) {
    Y.applyUpdate(this.#doc, fromBase64(update), this);
    this.#newest = Math.max(this.#newest, offset);
    if (offset === this.#offset + 1) this.#offset = offset;
    else if (this.#isJoined) this.#read().catch((problem) => this.#handle(problem));
  }

  #keep(update) {
    this.#unsaved.push(update);
    this.#tellState();
    this.#flushSoon();
  }

  #flushSoon() {
    this.#updateTimer ??= setTimeout(() => {
      this.#updateTimer = null;
      this.#flush();
    }, UPDATE_PAUSE);
  }

  /** Sends what waits as one update. It goes again under the same key until it is answered, so it has one effect. */
  async #flush() {
    if (!this.#isJoined || this.#sending?.isOnItsWay) return;
    if (!this.#sending) {
      if (this.#unsaved.length === 0) return;
      this.#sending = { update: Y.mergeUpdates(this.#unsaved), count: this.#unsaved.length, key: crypto.randomUUID() };
      this.#unsaved = [];
    }
    const sending = this.#sending;
    sending.isOnItsWay = true;
    try {
      const { compact } = await this.#ask('update_document', this.#document, sending.update, sending.key);
      this.#sending = null;
      if (compact) this.#compact().catch((problem) => this.#handle(problem));
    } catch (problem) {
      sending.isOnItsWay = false;
      if (problem.code === 'compaction_needed') this.#compact().then(() => this.#flush(), (refusal) => this.#handle(refusal));
      else this.#handle(problem);
      return;
    }
    this.#tellState();
    if (this.#unsaved.length > 0) this.#flushSoon();
  }

  /** Gives the server one state in place of many updates. */
  async #compact() {
    await this.#read();
    const offset = this.#offset;
    await this.#ask('compact_document', this.#document, this.#epoch, offset, Y.encodeStateAsUpdate(this.#doc));
  }

  #tellAwareness() {
    this.#awarenessTimer ??= setTimeout(() => {
      this.#awarenessTimer = null;
      if (!this.#isJoined) return;
      this.#socket.volatile.emit('awareness', this.#document, encodeAwarenessUpdate(this.#awareness, [this.#awareness.clientID]));
    }, AWARENESS_PAUSE);
  }

  #welcome(person) {
    this.dispatchEvent(new CustomEvent('user_joined', { detail: person }));
    this.#tellAwareness();
  }

  #dismiss(person) {
    this.dispatchEvent(new CustomEvent('user_left', { detail: person }));
    removeAwarenessStates(this.#awareness, [person.client], this);
  }

  async #ask(event, ...parameters) {
    const answer = await this.#socket.timeout(ANSWER_TIMEOUT).emitWithAck(event, ...parameters);
    if (answer?.error) throw new Refusal(answer.error);
    return answer;
  }

  /** What may pass is tried again, and what was not answered after the next connection; the user is told of other refusals. */
  #handle(problem) {
    if (problem instanceof Refusal && !PASSING.has(problem.code)) {
      this.dispatchEvent(new CustomEvent('refused', { detail: problem.message }));
    } else if (problem instanceof Refusal) {
      setTimeout(() => this.#isJoined && this.#read().then(() => this.#flush(), (again) => this.#handle(again)), RETRY_PAUSE);
    } else if (this.#socket.connected) {
      this.#socket.disconnect().connect();
    }
  }

  #tellState() {
    this.dispatchEvent(new Event('state'));
  }
}

class Refusal extends Error {
  constructor({ code, message }) {
    super(message);
    this.code = code;
  }
}
