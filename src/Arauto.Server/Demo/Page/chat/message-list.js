// The messages of the open room.

import { avatar, byId, el, icon, listNames } from '/demo/dom.js';

const GROUP_WITHIN = 5 * 60_000;
const NEAR_END = 80; // Pixels from the end within which the list follows new messages.
const time = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const fullTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const relativeDay = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const REASONS = {
  trimmed: 'they are older than what the server keeps',
  epoch_changed: 'the server began a new history',
  slow_consumer: 'this page read too slowly',
  conflated: 'newer ones replaced them',
  invalid_cursor: 'the place where this page stopped reading is unknown to the server',
};

export class MessageList {
  #scroller = byId('messages');
  #list = byId('message-list');
  #waiting = byId('waiting-list');
  #older = byId('older');
  #newer = byId('newer');
  #empty = byId('empty');
  #user;
  #chat;
  #room = null;
  #listening = null;
  #last = null; // The last item shown, to which the next may belong.
  #ticks = new Map(); // own message → where its state is drawn
  #missed = 0;
  #follow = true; // Whether new messages scroll into sight.
  #size = ''; // For which the place was last chosen.

  constructor(chat, user) {
    this.#chat = chat;
    this.#user = user;
    this.#older.onclick = () => chat.loadOlder();
    this.#newer.onclick = () => this.#toEnd();
    this.#scroller.onscroll = () => this.#scrolled();
    new IntersectionObserver(([entry]) => entry.isIntersecting && chat.loadOlder(), { root: this.#scroller, rootMargin: '200px 0px 0px' })
      .observe(this.#older);
    const sizes = new ResizeObserver(() => this.#resized());
    for (const element of [this.#scroller, this.#scroller.firstElementChild]) sizes.observe(element);
  }

  /** Whether the newest message is in sight. */
  get isAtEnd() {
    return this.#follow;
  }

  show(room) {
    this.#listening?.abort();
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#room = room;
    room.addEventListener('append', ({ detail }) => this.#appended(detail), { signal });
    room.addEventListener('reset', () => this.#keepingPlace(() => this.#render()), { signal });
    room.addEventListener('pending', () => this.#renderPending(), { signal });
    room.addEventListener('marks', () => this.#renderTicks(), { signal });
    this.#render();
    this.#toEnd();
  }

  #render() {
    this.#list.setAttribute('aria-busy', 'true');
    this.#list.replaceChildren();
    this.#ticks.clear();
    this.#last = null;
    for (const item of this.#room.items) this.#add(item);
    this.#older.hidden = this.#room.history !== 'more';
    this.#renderPending();
    this.#list.removeAttribute('aria-busy');
  }

  #appended(item) {
    if (item.from === this.#user) this.#follow = true;
    this.#add(item);
    this.#renderEmpty();
    if (!this.#follow && item.kind === 'message') this.#showMissed(this.#missed + 1);
  }

  #add(item) {
    const at = item.at ?? this.#last?.at;
    if (item.kind === 'message') {
      if (!sameDay(item.at, this.#last?.at)) {
        this.#list.append(el('li.day', {}, dayName(item.at)));
        this.#last = null;
      }
      this.#list.append(this.#message(item));
    } else {
      this.#list.append(el(`li.${item.kind}`, {}, item.kind === 'gap' ? gapText(item) : item.text));
    }
    this.#last = { at, from: item.kind === 'message' ? item.from : null };
  }

  #message(item) {
    const isOwn = item.from === this.#user;
    const isGrouped = this.#last?.from === item.from && item.at - this.#last.at < GROUP_WITHIN;
    const meta = el('span.meta', {}, el('time', { dateTime: item.at.toISOString(), title: fullTime.format(item.at) }, time.format(item.at)));
    if (isOwn) {
      const tick = el('span.tick');
      meta.append(tick);
      this.#ticks.set(item, tick);
      this.#drawTick(item, tick);
    }
    const bubble = el('div.bubble', {}, el('span.text', {}, item.text), meta);
    if (item.event) bubble.prepend(el('span.event', {}, item.event));
    return this.#row(item.from, isOwn, isGrouped, bubble);
  }

  #row(from, isOwn, isGrouped, bubble) {
    const row = el('li.message', {}, el('div.body', {}, el('span.author', {}, isOwn ? 'You' : from), bubble));
    if (!isOwn) row.prepend(avatar(from));
    row.classList.toggle('own', isOwn);
    row.classList.toggle('grouped', isGrouped);
    return row;
  }

  #renderPending() {
    const room = this.#room;
    this.#waiting.replaceChildren(...room.pending.map((entry) => this.#pending(room, entry)));
    this.#renderEmpty();
    if (room.pending.length) this.#follow = true;
  }

  #pending(room, entry) {
    const label = entry.error ? 'Not sent' : 'Sending';
    const meta = el('span.meta', {}, el('span.tick', {}, icon(entry.error ? 'failed' : 'sending', label)));
    const row = this.#row(this.#user, true, true, el('div.bubble', {}, el('span.text', {}, entry.text), meta));
    row.classList.add(entry.error ? 'failed' : 'sending');
    if (entry.error) {
      row.lastChild.append(el('div.retry', {},
        el('span', {}, entry.error.message),
        el('button', { type: 'button', onclick: () => this.#chat.sendAgain(room, entry) }, 'Send again'),
        el('button', { type: 'button', onclick: () => room.removePending(entry) }, 'Discard')));
    }
    return row;
  }

  #renderTicks() {
    for (const [item, tick] of this.#ticks) this.#drawTick(item, tick);
  }

  #drawTick(item, tick) {
    if (item.epoch !== this.#room.epoch && tick.firstChild) return; // Marks speak of another life of the log.
    const { delivered, read } = this.#room.receiptsOf(item);
    const shape = read.length ? 'read' : delivered.length ? 'delivered' : 'sent';
    const parts = [read.length && `Read by ${listNames(read)}`, delivered.length && `Delivered to ${listNames(delivered)}`].filter(Boolean);
    const label = parts.join(' · ') || 'Sent';
    if (tick.dataset.label === label) return;
    Object.assign(tick.dataset, { label, state: shape });
    tick.replaceChildren(icon(shape, label));
  }

  #renderEmpty() {
    const room = this.#room;
    this.#empty.hidden = room.history !== 'complete' || room.pending.length > 0 || room.items.some(({ kind }) => kind === 'message');
  }

  #keepingPlace(change) {
    const fromEnd = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    const follow = this.#follow;
    change();
    if (follow) this.#toEnd();
    else this.#scroller.scrollTop = this.#scroller.scrollHeight - fromEnd;
  }

  /** Scrolls once per frame, however many messages came. */
  #resized() {
    if (this.#follow) this.#toEnd();
    this.#size = this.#sizes();
  }

  #scrolled() {
    // The window or its content moved, not the reader: whether to follow stays as it was.
    if (this.#size !== this.#sizes()) return;
    this.#follow = this.#scroller.scrollHeight - this.#scroller.scrollTop - this.#scroller.clientHeight < NEAR_END;
    if (!this.#follow) return;
    this.#showMissed(0);
    this.#chat.watched();
  }

  #sizes() {
    return `${this.#scroller.clientHeight} ${this.#scroller.scrollHeight}`;
  }

  #toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#size = this.#sizes();
    this.#follow = true;
    this.#showMissed(0);
  }

  #showMissed(count) {
    this.#missed = count;
    this.#newer.hidden = count === 0;
    this.#newer.textContent = count === 1 ? '1 new message ↓' : `${count} new messages ↓`;
  }
}

const sameDay = (a, b) => a?.toDateString() === b?.toDateString();

function dayName(date) {
  const days = Math.round((new Date(date).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86_400_000);
  if (days < -1) return day.format(date);
  const name = relativeDay.format(days, 'day');
  return name[0].toUpperCase() + name.slice(1);
}

function gapText({ from, to, reason }) {
  const count = from && to ? to - from + 1 : 0;
  const what = count === 1 ? '1 message is missing here' : count ? `${count} messages are missing here` : 'Messages may be missing here';
  return `${what}: ${REASONS[reason] ?? reason}.`;
}
