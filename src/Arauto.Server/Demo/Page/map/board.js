// What is on the map: as the service has it, and as this page wants it. Changes by its methods only.

/** What of an object this page may change; the rest is the service's. */
const CONTENT = {
  areas: ['corners'],
  subscriptions: ['status'],
  incidents: ['kind', 'status', 'place', 'text'],
};

const MOST_UNANSWERED = 20;

/** The wish to have an object deleted. */
export const GONE = Symbol('gone');

const contentOf = (kind, object) => Object.fromEntries(CONTENT[kind].map((name) => [name, object[name]]));
const isSame = (kind, object, content) => content !== GONE && CONTENT[kind].every((name) => JSON.stringify(object[name]) === JSON.stringify(content[name]));

class Item {
  saved = null; // As the service has it; null if it does not.
  wish = null; // The content this page wants, or GONE; null if it is content.
  base = 0; // The version the wish began from.
  unanswered = []; // What was sent since, oldest first: any of it may have been saved, and its answer lost.

  constructor(kind, id) {
    this.kind = kind;
    this.id = id;
  }

  /** What to show; null for what is not or no longer there. */
  get value() {
    if (this.wish === GONE) return null;
    return this.wish ? { ...this.saved, id: this.id, ...this.wish } : this.saved;
  }
}

/**
 * Events: `change` {item, isOurs}, `applied` {event, object, item} (an event of the service, once it is on the board),
 * `wish` (there is something to send), `refused` {item, message}, `missing` (events were left out: load the state).
 */
export class Board extends EventTarget {
  revision = 0;
  #items = new Map();

  /** The items of a kind that are there. */
  list(kind) {
    return [...this.#items.values()].filter((item) => item.kind === kind && item.value);
  }

  find(kind, id) {
    return this.#items.get(`${kind} ${id}`);
  }

  /** The items with wishes, oldest wish first. */
  get wishes() {
    return [...this.#items.values()].filter(({ wish }) => wish);
  }

  /** Takes the service's whole state; what this page wants on top of it stays. */
  load({ revision, notice, ...kinds }) {
    this.revision = revision;
    const objects = Object.entries({ notices: [notice], ...kinds }).flatMap(([kind, list]) => list.map((object) => [kind, object]));
    const present = new Set(objects.map(([kind, object]) => this.#item(kind, object.id)));
    // What the service answered to this page while the state was on its way is newer than the state.
    const isOlder = ({ saved }) => !saved || saved.version <= revision;
    for (const [kind, object] of objects) {
      const item = this.#item(kind, object.id);
      if (isOlder(item) && item.saved?.version !== object.version) this.#keep(item, object);
    }
    for (const item of [...this.#items.values()]) if (item.saved && isOlder(item) && !present.has(item)) this.#lose(item);
  }

  /** Takes a change that the service published: each once and in order, whatever the state contained already. */
  apply(event, kind, object) {
    if (object.version <= this.revision) return;
    if (object.version > this.revision + 1) {
      this.#say('missing');
      return;
    }
    this.revision = object.version;
    const item = this.#item(kind, object.id);
    if (event === 'incident.deleted') this.#lose(item);
    else if (!item.saved || item.saved.version < object.version) this.#keep(item, object);
    this.#say('applied', { event, object, item });
  }

  /** Takes a notice that somebody else than the service published. */
  overhear(text) {
    const item = this.#item('notices', 'notice');
    this.#keep(item, { ...item.saved, text });
  }

  /** Wants other content. Shown at once, sent as soon as possible. */
  edit(kind, id, content) {
    const item = this.#item(kind, id);
    if (!item.wish) {
      item.base = item.saved?.version ?? 0;
      this.#toEnd(item);
    }
    item.wish = content === GONE ? GONE : { ...contentOf(kind, item.value ?? {}), ...content };
    this.#say('change', { item, isOurs: true });
    this.#say('wish');
  }

  /** A wish is on its way. */
  sent(item, content) {
    if (!item.unanswered.includes(content)) item.unanswered.push(content);
    if (item.unanswered.length > MOST_UNANSWERED) item.unanswered.shift();
  }

  /** The service did what was sent. */
  saved(item, content, object) {
    if (!this.#isThere(item)) return; // Somebody deleted it since, and that was quicker than the answer.
    item.unanswered = [];
    if (content === GONE) {
      this.#lose(item);
      return;
    }
    item.base = object.version;
    if (item.wish === content) item.wish = null;
    else this.#toEnd(item);
    if (!item.saved || item.saved.version < object.version) item.saved = object;
    this.#say('change', { item, isOurs: true });
  }

  /** The service refused what was sent, and may have said what the object is like now. */
  refused(item, { message, current, isGone }) {
    if (!this.#isThere(item)) return;
    if (current && this.#isOwn(item, current)) {
      // Only this page's own change came in between: its answer was lost. What came after it is sent again.
      item.base = current.version;
      item.unanswered = [];
      return;
    }
    Object.assign(item, { wish: null, unanswered: [] });
    if (isGone || !(current ?? item.saved)) this.#lose(item);
    else this.#keep(item, current ?? item.saved);
    this.#say('refused', { item, message });
  }

  #item(kind, id) {
    const key = `${kind} ${id}`;
    if (!this.#items.has(key)) this.#items.set(key, new Item(kind, id));
    return this.#items.get(key);
  }

  #isThere(item) {
    return this.find(item.kind, item.id) === item;
  }

  /** Wishes are sent in the order they came up. */
  #toEnd(item) {
    const key = `${item.kind} ${item.id}`;
    this.#items.delete(key);
    this.#items.set(key, item);
  }

  #keep(item, object) {
    if (this.#isOwn(item, object)) item.base = object.version;
    item.saved = object;
    this.#say('change', { item, isOurs: item.wish !== null });
  }

  #lose(item) {
    const isUnexpected = item.wish && item.wish !== GONE && item.saved;
    Object.assign(item, { saved: null, wish: null, unanswered: [] });
    this.#items.delete(`${item.kind} ${item.id}`);
    this.#say('change', { item, isOurs: false });
    if (isUnexpected) this.#say('refused', { item, message: 'It was deleted in the meantime.' });
  }

  #isOwn(item, object) {
    return item.unanswered.some((content) => isSame(item.kind, object, content));
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
