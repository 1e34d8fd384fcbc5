// The areas and incidents as lists, for those who would rather read than look.

import { byId, el } from '/demo/dom.js';
import { isWatched, toggleWatch } from './card.js';
import { STATUSES, titleOf } from './words.js';

const ORDER = Object.keys(STATUSES);

export class Lists {
  #areas = byId('area-list');
  #incidents = byId('incident-list');
  #board;
  #chosen;
  #selected = null;
  #frame = 0;

  /** @param chosen called with the item whose row was clicked */
  constructor(board, chosen) {
    this.#board = board;
    this.#chosen = chosen;
    board.addEventListener('change', () => this.#soon());
  }

  select(item) {
    this.#selected = item;
    this.#soon();
  }

  /** Once per frame, however much changed. */
  #soon() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#render();
    });
  }

  #render() {
    const focused = document.activeElement?.dataset.row;
    const areas = this.#board.list('areas').sort((a, b) => a.value.name.localeCompare(b.value.name));
    const incidents = this.#board.list('incidents').sort((a, b) =>
      ORDER.indexOf(a.value.status) - ORDER.indexOf(b.value.status) || (b.saved?.version ?? Infinity) - (a.saved?.version ?? Infinity) || a.id.localeCompare(b.id));
    this.#areas.replaceChildren(...areas.map((item) => this.#area(item)));
    this.#incidents.replaceChildren(...incidents.map((item) => this.#incident(item)));
    byId('no-incidents').hidden = incidents.length > 0;
    if (focused) document.querySelector(`[data-row="${CSS.escape(focused)}"]`)?.focus();
  }

  #area(item) {
    const watch = el('button.switch.small', { type: 'button', role: 'switch', 'aria-checked': `${isWatched(this.#board, item.id)}`, 'aria-label': `Watch ${item.value.name}`, onclick: () => toggleWatch(this.#board, item.id) });
    watch.dataset.row = `watch ${item.id}`;
    return el('li', {}, this.#row(item, el('span.name', {}, item.value.name)), watch);
  }

  #incident(item) {
    const dot = el('span.status-dot');
    dot.dataset.status = item.value.status;
    return el('li', {}, this.#row(item, dot, el('span.name', {}, titleOf(item.value)), el('small', {}, STATUSES[item.value.status])));
  }

  #row(item, ...parts) {
    const row = el('button.thing', { type: 'button', onclick: () => this.#chosen(item) }, ...parts);
    row.dataset.row = item.id;
    row.classList.toggle('unsaved', item.wish !== null);
    if (item === this.#selected) row.setAttribute('aria-current', 'true');
    return row;
  }
}
