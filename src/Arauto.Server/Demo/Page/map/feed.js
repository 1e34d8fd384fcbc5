// What happens, newest first: who changed what, and how long the news was on its way.

import { avatar, byId, el } from '/demo/dom.js';
import { sentenceOf } from './words.js';

const MOST_ROWS = 40;
const SAME_WITHIN = 3_000; // The states of one drag are one row.
const MOST_DELAY = 60_000; // What is older was caught up with, not on its way.
const time = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit', second: '2-digit' });

export class Feed {
  #list = byId('feed');
  #board;
  #newest = null; // {subject, at, row}

  constructor(board) {
    this.#board = board;
    board.addEventListener('applied', ({ detail }) => this.#add(detail));
  }

  #add({ event, object, item }) {
    const now = Date.now();
    const subject = [event, object.by, item.kind, item.id].join(' ');
    const row = el('li', {}, avatar(object.by), el('div', {},
      el('p', {}, el('strong', {}, object.by), ` ${sentenceOf(event, object, this.#board)}`),
      el('small', { title: 'When it was saved, and how long it was on its way to this page' }, metaOf(object, now))));
    if (this.#newest?.subject === subject && now - this.#newest.at < SAME_WITHIN) this.#newest.row.replaceWith(row);
    else this.#list.prepend(row);
    this.#newest = { subject, at: now, row };
    while (this.#list.children.length > MOST_ROWS) this.#list.lastChild.remove();
    byId('quiet').hidden = true;
  }
}

/** Both clocks are this machine's: the demo listens to nobody else. */
function metaOf({ at }, now) {
  const saved = Date.parse(at);
  const delay = Math.max(0, now - saved);
  return `${time.format(new Date(saved))}${delay < MOST_DELAY ? ` · ${delay} ms` : ''}`;
}
