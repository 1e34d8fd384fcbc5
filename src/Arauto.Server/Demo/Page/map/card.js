// The selected area or incident, and what can be done with it besides moving it.

import { byId, el } from '/demo/dom.js';
import { GONE } from './board.js';
import { KINDS, STATUSES } from './words.js';

const MOST_TEXT = 120;
const time = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });

export class Card {
  #card = byId('card');
  #board;
  #closed;
  #item = null;
  #update = () => {};

  /** @param closed called when the reader has seen enough */
  constructor(board, closed) {
    this.#board = board;
    this.#closed = closed;
    this.#card.onsubmit = (event) => {
      event.preventDefault();
      document.activeElement.blur(); // Enter ends the line; leaving it saves.
    };
    board.addEventListener('change', ({ detail: { item } }) => {
      if (this.#item?.value && item.id === this.#item.id) this.#update();
    });
  }

  show(item) {
    this.#item = item;
    this.#card.hidden = !item;
    this.#card.replaceChildren();
    if (!item) return;
    if (item.kind === 'areas') this.#showArea(item);
    else this.#showIncident(item);
    this.#update();
  }

  #showArea({ id }) {
    const title = el('h2');
    const detail = el('p.detail');
    const watch = el('button.switch', { type: 'button', role: 'switch', onclick: () => toggleWatch(this.#board, id) }, 'Watch this area');
    this.#card.append(el('header', {}, title, this.#closeButton()), watch, detail);
    this.#update = () => {
      const area = this.#item.value;
      title.textContent = area.name;
      watch.setAttribute('aria-checked', `${isWatched(this.#board, id)}`);
      detail.textContent = `${area.corners.length} corners${by(this.#item)}`;
    };
  }

  #showIncident({ id }) {
    const edit = (content) => this.#item.value && this.#board.edit('incidents', id, content);
    const options = Object.entries(KINDS).map(([value, label]) => el('option', { value }, label));
    const kind = el('select', { 'aria-label': 'What happened', onchange: () => edit({ kind: kind.value }) }, ...options);
    const text = el('input', { type: 'text', 'aria-label': 'Description', placeholder: 'Describe it…', maxLength: MOST_TEXT, onchange: () => edit({ text: text.value.trim() }) });
    const statuses = Object.entries(STATUSES).map(([value, label]) => el('label', {},
      el('input', { type: 'radio', name: 'status', value, onchange: () => edit({ status: value }) }), el('span', {}, label)));
    const detail = el('p.detail');
    const remove = el('button.delete', { type: 'button', onclick: () => this.#board.edit('incidents', id, GONE) }, 'Delete');
    this.#card.append(el('header', {}, kind, this.#closeButton()), text, el('fieldset.segments', { 'aria-label': 'Status' }, ...statuses), el('footer', {}, detail, remove));
    this.#update = () => {
      const incident = this.#item.value;
      kind.value = incident.kind;
      if (document.activeElement !== text) text.value = incident.text;
      this.#card.querySelector(`[value=${incident.status}]`).checked = true;
      detail.textContent = by(this.#item).slice(3);
    };
  }

  #closeButton() {
    return el('button.close', { type: 'button', 'aria-label': 'Close', onclick: () => this.#closed() }, '×');
  }
}

export const isWatched = (board, id) => board.find('subscriptions', id)?.value?.status === 'active';

export function toggleWatch(board, id) {
  board.edit('subscriptions', id, { status: isWatched(board, id) ? 'paused' : 'active' });
}

function by({ wish, saved }) {
  if (wish) return ' · not saved yet';
  return saved?.by ? ` · ${saved.by}, ${time.format(new Date(saved.at))}` : '';
}
