// How the connection is: a chip while it is well, a banner while it is not; and short-lived messages about errors.

import { byId, el } from '/demo/dom.js';

const TOAST_SHOWN = 6_000;
const MOST_TOASTS = 3;
const CALM = 400; // A reconnection shorter than this shows no banner.

export class ConnectionStatus {
  #chip = byId('status');
  #banner = byId('banner');
  #text = byId('banner-text');
  #now = byId('banner-now');
  #connection;
  #ticking = null;
  #showing = null;

  constructor(connection) {
    this.#connection = connection;
    connection.addEventListener('state', ({ detail }) => this.#render(detail));
    connection.addEventListener('roundtrip', ({ detail }) => this.#renderRoundtrip(detail));
    this.#now.onclick = () => connection.start();
    addEventListener('online', () => connection.check());
    addEventListener('offline', () => connection.check());
    document.addEventListener('visibilitychange', () => document.hidden || connection.check());
  }

  #render(state) {
    clearInterval(this.#ticking);
    clearTimeout(this.#showing);
    document.body.dataset.connection = state.name;
    if (state.name === 'connected') {
      this.#chip.textContent = 'Connected';
      this.#banner.hidden = true;
      return;
    }
    this.#chip.textContent = state.name === 'connecting' ? 'Connecting…' : 'Offline';
    this.#chip.title = '';
    this.#renderBanner(state);
    if (this.#banner.hidden) this.#showing = setTimeout(() => (this.#banner.hidden = false), CALM);
    if (state.name === 'waiting') this.#ticking = setInterval(() => this.#renderBanner(state), 250);
  }

  #renderBanner({ name, reason, at }) {
    const why = reason ? `: ${reason}` : '';
    const seconds = Math.max(0, Math.ceil((at - Date.now()) / 1_000));
    this.#text.textContent = {
      connecting: 'Connecting…',
      waiting: `Offline${why}. Next try in ${seconds} s.`,
      stopped: `Disconnected${why}.`,
    }[name];
    this.#now.hidden = name === 'connecting';
    this.#now.textContent = name === 'stopped' ? 'Connect again' : 'Try now';
  }

  #renderRoundtrip(milliseconds) {
    if (this.#connection.state.name !== 'connected') return;
    const shown = milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds);
    this.#chip.textContent = `Connected · ${shown} ms`;
    this.#chip.title = 'Time of the round trip to the server';
  }
}

/** Shows an error for a few seconds. */
export function toast(text) {
  const toasts = byId('toasts');
  if ([...toasts.children].some(({ firstChild }) => firstChild.textContent === text)) return;
  const shown = el('div.toast', {}, el('span', {}, text), el('button', { type: 'button', 'aria-label': 'Dismiss', onclick: () => shown.remove() }, '×'));
  toasts.append(shown);
  while (toasts.children.length > MOST_TOASTS) toasts.firstChild.remove();
  setTimeout(() => shown.remove(), TOAST_SHOWN);
}
