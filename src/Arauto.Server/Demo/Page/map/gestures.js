// Changing the map with a pointer or with keys.

import { byId } from '/demo/dom.js';
import { GONE } from './board.js';
import { FEWEST_CORNERS, HEIGHT, middleAfter, moved, onMap, WIDTH, withCorner, withNewCorner, withoutCorner } from './geometry.js';

const SLACK = 4; // Pixels a pointer may move in a click.
const STEP = 4; // Of an arrow key, in the map's units; with Shift more.
const LARGE_STEP = 20;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Events: `select` (an item, or null), `placing` (whether the next click reports an incident), `interrupted` (an item that somebody else changed while it was dragged). */
export class Gestures extends EventTarget {
  #svg = byId('drawing');
  #board;
  #drawing;
  #selected = null;
  #drag = null; // {pointer, start, item, change(by), isMoving}
  #isPlacing = false;

  constructor(board, drawing) {
    super();
    this.#board = board;
    this.#drawing = drawing;
    this.#svg.onpointerdown = (event) => this.#down(event);
    this.#svg.onpointermove = (event) => this.#move(event);
    this.#svg.onpointerup = (event) => this.#up(event);
    this.#svg.onpointercancel = () => (this.#drag = null);
    this.#svg.onkeydown = (event) => this.#key(event);
    addEventListener('keydown', (event) => event.key === 'Escape' && this.#escape());
    board.addEventListener('refused', ({ detail }) => this.#drag?.item === detail.item && (this.#drag = null));
    board.addEventListener('change', ({ detail }) => this.#changed(detail));
  }

  select(item) {
    if (this.#selected === item) return;
    this.#selected = item;
    this.#drawing.select(item);
    this.#say('select', item);
  }

  set isPlacing(value) {
    if (this.#isPlacing === value) return;
    this.#isPlacing = value;
    this.#svg.classList.toggle('reporting', value);
    this.#say('placing', value);
  }

  get isPlacing() {
    return this.#isPlacing;
  }

  /** Reports an incident and selects it, to be described. */
  report(place = { x: WIDTH / 2, y: HEIGHT / 2 }) {
    this.isPlacing = false;
    const id = crypto.randomUUID();
    this.#board.edit('incidents', id, { kind: 'accident', status: 'open', place: onMap(place), text: '' });
    this.select(this.#board.find('incidents', id));
  }

  #changed({ item, isOurs }) {
    if (this.#selected === item && !item.value) this.select(null);
    if (this.#drag?.item !== item || isOurs) return;
    // What the pointer does began from a shape that is no more: going on would undo what the other one did.
    const { isMoving } = this.#drag;
    this.#drag = null;
    if (isMoving && item.value) this.#say('interrupted', item);
  }

  #down(event) {
    if (event.button !== 0 || this.#drag) return;
    const start = this.#placeOf(event);
    if (this.#isPlacing) {
      event.preventDefault();
      this.report(start);
      return;
    }
    const item = this.#itemAt(event.target);
    if (!item) {
      this.select(null);
      return;
    }
    this.#svg.setPointerCapture(event.pointerId);
    this.#drag = { pointer: event.pointerId, at: { x: event.clientX, y: event.clientY }, start, item, change: this.#changeOf(event.target, item), isMoving: false };
    this.select(item);
  }

  #move(event) {
    const drag = this.#drag;
    if (drag?.pointer !== event.pointerId) return;
    drag.isMoving ||= Math.hypot(event.clientX - drag.at.x, event.clientY - drag.at.y) > SLACK;
    if (!drag.isMoving) return;
    const place = this.#placeOf(event);
    this.#board.edit(drag.item.kind, drag.item.id, drag.change({ x: place.x - drag.start.x, y: place.y - drag.start.y }));
  }

  #up(event) {
    if (this.#drag?.pointer === event.pointerId) this.#drag = null;
  }

  /** What a movement makes of the item, from where it is now. */
  #changeOf(target, item) {
    const { place, corners } = item.value;
    if (item.kind === 'incidents') return (by) => ({ place: onMap({ x: place.x + by.x, y: place.y + by.y }) });
    const { corner, middle } = target.closest('[data-corner], [data-middle]')?.dataset ?? {};
    const from = (origin, by) => ({ x: origin.x + by.x, y: origin.y + by.y });
    if (corner) return (by) => ({ corners: withCorner(corners, Number(corner), from(corners[corner], by)) });
    if (middle) return (by) => ({ corners: withNewCorner(corners, Number(middle), from(middleAfter(corners, Number(middle)), by)) });
    return (by) => ({ corners: moved(corners, by) });
  }

  #key(event) {
    const item = this.#itemAt(event.target);
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    const { corner } = event.target.dataset;
    if (event.key in ARROWS) {
      const [x, y] = ARROWS[event.key].map((direction) => direction * (event.shiftKey ? LARGE_STEP : STEP));
      this.#board.edit(item.kind, item.id, this.#changeOf(event.target, item)({ x, y }));
    } else if (event.key === 'Enter' || event.key === ' ') {
      this.select(item);
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      this.#delete(item, corner);
    } else {
      return;
    }
    event.preventDefault();
  }

  #delete(item, corner) {
    if (item.kind === 'incidents') {
      this.#board.edit(item.kind, item.id, GONE);
    } else if (corner && item.value.corners.length > FEWEST_CORNERS) {
      this.#board.edit(item.kind, item.id, { corners: withoutCorner(item.value.corners, Number(corner)) });
      this.#drawing.focusCorner(Math.max(0, Number(corner) - 1));
    }
  }

  #escape() {
    if (this.#isPlacing) this.isPlacing = false;
    else this.select(null);
  }

  #itemAt(target) {
    const { kind, id } = target.closest('[data-id]')?.dataset ?? {};
    if (id) return this.#board.find(kind, id);
    return target.closest('[data-corner], [data-middle]') ? this.#selected : null;
  }

  #placeOf(event) {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.#svg.getScreenCTM().inverse());
    return { x, y };
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
