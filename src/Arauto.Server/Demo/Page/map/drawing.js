// The board as a drawing.

import { byId, svg } from '/demo/dom.js';
import { hue } from '/demo/names.js';
import { centre, middleAfter, MOST_CORNERS } from './geometry.js';
import { Motion } from './motion.js';
import { KINDS, STATUSES, titleOf } from './words.js';

const SIGNS = {
  accident: 'M0-7.5 7.8 6.5H-7.8ZM0-2.8V2M0 4.1v.1',
  fire: 'M.2-8.5C3.2-5 6-2.4 6 1.8A6 6 0 0 1-6 1.8C-6-.6-4.6-2.2-3.6-4c.8 1 1.4 1.6 1.9 2.6C-.4-3.6.4-5.6.2-8.5Z',
  flood: 'M-7.5-1.5q2.5-3 5 0t5 0 5 0M-7.5 4q2.5-3 5 0t5 0 5 0',
  outage: 'M1.4-8.2-5 1.4H-.4L-1.4 8.2 5-1.4H.4Z',
};

const LONGEST_LABEL = 32;

const pointsOf = (corners) => corners.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
const at = ({ x, y }) => `translate(${x.toFixed(1)} ${y.toFixed(1)})`;

export class Drawing {
  #board;
  #layers = { areas: byId('areas'), incidents: byId('incidents') };
  #handles = byId('handles');
  #elements = new Map(); // item → its group
  #motion = new Motion((item, places) => this.#place(item, places));
  #selected = null;

  constructor(board, user) {
    this.#board = board;
    board.addEventListener('change', ({ detail }) => this.#changed(detail));
    board.addEventListener('applied', ({ detail: { item, object } }) => object.by !== user && this.#credit(item, object.by));
  }

  /** Marks an item and shows its handles. */
  select(item) {
    this.#elementOf(this.#selected)?.classList.remove('selected');
    this.#selected = item;
    this.#elementOf(item)?.classList.add('selected');
    this.#drawHandles(item?.kind === 'areas' && item.value ? item.value.corners : []);
  }

  focus(item) {
    this.#elementOf(item)?.focus({ preventScroll: true });
  }

  focusCorner(index) {
    this.#handles.querySelector(`[data-corner="${index}"]`)?.focus({ preventScroll: true });
  }

  #elementOf(item) {
    return this.#elements.get(item);
  }

  #changed({ item, isOurs }) {
    if (item.kind === 'subscriptions') {
      const area = this.#board.find('areas', item.id);
      if (area?.value) this.#describe(area);
    }
    if (!(item.kind in this.#layers)) return;
    const { value } = item;
    if (!value) {
      this.#erase(item);
      return;
    }
    if (!this.#elements.has(item)) this.#add(item);
    this.#describe(item);
    const places = item.kind === 'areas' ? value.corners : [value.place];
    if (isOurs) this.#motion.put(item, places);
    else this.#motion.glide(item, places);
  }

  #add(item) {
    const parts = item.kind === 'areas'
      ? [svg('polygon'), svg('text')]
      : [svg('circle.halo', { r: 15 }), svg('circle.pin', { r: 13 }), svg('path.sign'), svg('text', { y: 29 })];
    const element = svg(`g.${item.kind === 'areas' ? 'area' : 'incident'}`, { tabindex: 0, role: 'button', 'data-kind': item.kind, 'data-id': item.id }, ...parts);
    this.#elements.set(item, element);
    this.#layers[item.kind].append(element);
  }

  #erase(item) {
    this.#elements.get(item)?.remove();
    this.#elements.delete(item);
    this.#motion.forget(item);
    if (item === this.#selected) this.select(null);
  }

  /** Everything but where it is. */
  #describe(item) {
    const { value } = item;
    const element = this.#elements.get(item);
    const text = element.querySelector('text');
    let label;
    if (item.kind === 'areas') {
      const isPaused = this.#board.find('subscriptions', item.id)?.value?.status === 'paused';
      element.classList.toggle('paused', isPaused);
      text.textContent = value.name;
      label = `Area ${value.name}, ${isPaused ? 'watch paused' : 'watched'}`;
    } else {
      element.dataset.status = value.status;
      element.querySelector('.sign').setAttribute('d', SIGNS[value.kind]);
      element.dataset.sign = value.kind;
      text.textContent = value.text.length > LONGEST_LABEL ? `${value.text.slice(0, LONGEST_LABEL - 1)}…` : value.text;
      label = `${KINDS[value.kind]}${value.text ? `: ${titleOf(value)}` : ''}, ${STATUSES[value.status].toLowerCase()}`;
    }
    element.classList.toggle('unsaved', item.wish !== null);
    element.setAttribute('aria-label', item.wish ? `${label}, not saved yet` : label);
  }

  #place(item, places) {
    const element = this.#elements.get(item);
    if (item.kind === 'areas') {
      element.querySelector('polygon').setAttribute('points', pointsOf(places));
      element.querySelector('text').setAttribute('transform', at(centre(places)));
      if (item === this.#selected) this.#drawHandles(places);
    } else {
      element.setAttribute('transform', at(places[0]));
    }
  }

  /** Handles stay the same elements while their number does, so that the focus stays too. */
  #drawHandles(corners) {
    const count = corners.length;
    if (this.#handles.querySelectorAll('.corner').length !== count) {
      this.#handles.replaceChildren(
        ...(count < MOST_CORNERS ? corners.map((_, i) => svg('g.middle', { 'data-middle': i }, svg('circle.reach', { r: 13 }), svg('circle.dot', { r: 4.5 }))) : []),
        ...corners.map((_, i) => svg('g.corner', { 'data-corner': i, tabindex: 0, role: 'button', 'aria-label': `Corner ${i + 1} of ${count}` }, svg('circle.reach', { r: 16 }), svg('circle.dot', { r: 7 }))));
    }
    for (const handle of this.#handles.children) {
      const { corner, middle } = handle.dataset;
      handle.setAttribute('transform', at(corner ? corners[corner] : middleAfter(corners, Number(middle))));
    }
  }

  /** Says for a moment who changed it. */
  #credit(item, by) {
    const element = this.#elements.get(item);
    if (!element) return;
    element.querySelector('.credit')?.remove();
    const place = item.kind === 'areas' ? centre(item.value.corners) : { x: 0, y: 0 };
    const credit = svg('g.credit', { transform: at({ x: place.x, y: place.y - 24 }), 'aria-hidden': 'true' }, svg('text', {}, by));
    credit.style.setProperty('--hue', hue(by));
    credit.onanimationend = () => credit.remove();
    element.append(credit);
  }
}
