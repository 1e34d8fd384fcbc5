// Binds a textarea to a shared text: both ways, with undo of one's own edits, and the others' carets and selections in a
// layer below it.

import * as Y from 'yjs';
import { findEdit, moveIndex } from './edits.js';
import { hueOf } from './people.js';

export class Editor {
  #area;
  #layer;
  #text;
  #awareness;
  #nameOf;
  #undo;
  #shown;
  /** What others changed while a composition (of an accent, of Chinese) holds the textarea's text. */
  #unshown = [];
  #isComposing = false;
  #isDrawing = false;

  /** @param {(client: number) => string | undefined} nameOf who is behind a client's number */
  constructor(area, layer, text, awareness, nameOf) {
    this.#area = area;
    this.#layer = layer;
    this.#text = text;
    this.#awareness = awareness;
    this.#nameOf = nameOf;
    this.#undo = new Y.UndoManager(text, { trackedOrigins: new Set([this]) });
    area.value = this.#shown = text.toString();
    area.addEventListener('input', () => this.#isComposing || this.#takeInput());
    area.addEventListener('compositionstart', () => (this.#isComposing = true));
    area.addEventListener('compositionend', () => this.#endComposition());
    area.addEventListener('keydown', (event) => this.#takeKey(event));
    area.addEventListener('beforeinput', (event) => this.#takeHistory(event));
    area.addEventListener('blur', () => this.#tellSelection());
    document.addEventListener('selectionchange', () => document.activeElement === area && this.#tellSelection());
    text.observe((event) => this.#takeChange(event));
    awareness.on('change', () => this.draw());
    this.draw();
  }

  /** Draws the layer anew, once in a frame. */
  draw() {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.#layer.replaceChildren(...this.#parts());
    });
  }

  #takeInput() {
    const edit = findEdit(this.#shown, this.#area.value, this.#area.selectionEnd);
    this.#shown = this.#area.value;
    if (!edit) return;
    const [start, end] = [edit.start, edit.end].map((index) => this.#unshown.reduce(moveIndex, index));
    this.#text.doc.transact(() => {
      if (end > start) this.#text.delete(start, end - start);
      if (edit.text) this.#text.insert(start, edit.text);
    }, this);
    this.draw();
  }

  #endComposition() {
    this.#isComposing = false;
    const { selectionStart, selectionEnd } = this.#area;
    const unshown = this.#unshown;
    this.#takeInput();
    this.#unshown = [];
    if (unshown.length > 0) this.#show([selectionStart, selectionEnd].map((index) => unshown.reduce(moveIndex, index)));
  }

  #takeChange(event) {
    // The textarea has one's own input already.
    if (event.transaction.origin === this) return;
    if (this.#isComposing) {
      this.#unshown.push(event.delta);
      return;
    }
    this.#show([this.#area.selectionStart, this.#area.selectionEnd].map((index) => moveIndex(index, event.delta)));
  }

  #show([start, end]) {
    const direction = this.#area.selectionDirection;
    this.#area.value = this.#shown = this.#text.toString();
    this.#area.setSelectionRange(start, end, direction);
    this.draw();
  }

  #takeKey(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key !== 'z' && key !== 'y') return;
    event.preventDefault();
    this.#goThroughHistory(key === 'y' || event.shiftKey);
  }

  /** Undo from a menu. */
  #takeHistory(event) {
    if (event.inputType !== 'historyUndo' && event.inputType !== 'historyRedo') return;
    event.preventDefault();
    this.#goThroughHistory(event.inputType === 'historyRedo');
  }

  #goThroughHistory(forward) {
    if (forward) this.#undo.redo();
    else this.#undo.undo();
  }

  #tellSelection() {
    const place = (index) => Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(this.#text, index));
    const { selectionStart, selectionEnd } = this.#area;
    const selection = document.activeElement === this.#area ? { start: place(selectionStart), end: place(selectionEnd) } : null;
    const before = this.#awareness.getLocalState()?.selection ?? null;
    if (JSON.stringify(before) !== JSON.stringify(selection)) this.#awareness.setLocalStateField('selection', selection);
  }

  /** The text as nodes, with a mark for every selection and a caret at its end. */
  #parts() {
    const text = this.#text.toString();
    const selections = [...this.#awareness.getStates()].flatMap(([client, { selection }]) => this.#resolve(client, selection));
    const cuts = [...new Set([0, text.length, ...selections.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
    const parts = [];
    for (const [i, cut] of cuts.entries()) {
      for (const selection of selections) if (selection.end === cut) parts.push(caret(selection));
      if (i + 1 < cuts.length) parts.push(piece(text.slice(cut, cuts[i + 1]), selections.find(({ start, end }) => start <= cut && end >= cuts[i + 1])));
    }
    // A last line of no characters has a height, too.
    parts.push('\u200b');
    return parts;
  }

  #resolve(client, selection) {
    const name = this.#nameOf(client);
    if (client === this.#awareness.clientID || !selection || !name) return [];
    const [start, end] = [selection.start, selection.end].map((place) => Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(place), this.#text.doc)?.index);
    return start === undefined || end === undefined ? [] : [{ name, start: Math.min(start, end), end: Math.max(start, end) }];
  }
}

function piece(text, selection) {
  if (!selection) return text;
  const mark = document.createElement('mark');
  mark.style.setProperty('--hue', hueOf(selection.name));
  mark.textContent = text;
  return mark;
}

function caret({ name }) {
  const element = document.createElement('span');
  element.className = 'caret';
  element.dataset.name = name;
  element.style.setProperty('--hue', hueOf(name));
  return element;
}
