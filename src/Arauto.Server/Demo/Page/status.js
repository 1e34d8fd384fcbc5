// How the connection is: a chip while it is well, a banner while it is not; and short-lived messages about errors.

import { byId, el } from '/demo/dom.js';

const TOAST_SHOWN = 6_000;
const MOST_TOASTS = 3;
const CALM = 400; // A reconnection shorter than this shows no banner.

const TRANSPORTS = { ws: 'WebSocket', sse: 'SSE', poll: 'Polling' };
const EXPLANATIONS = {
  ws: 'Connected over WebSocket',
  sse: 'Connected over Server-Sent Events, since WebSocket does not get through; it is tried again from time to time',
  poll: 'Connected over long polling, since neither WebSocket nor streaming gets through; they are tried again from time to time',
};

export class ConnectionStatus {
  #chip = byId('status');
  #banner = byId('banner');
  #text = byId('banner-text');
  #now = byId('banner-now');
  #ticking = null;
  #showing = null;

  constructor(client) {
    client.on('status', (status) => this.#render(status));
    this.#now.onclick = () => client.connect();
  }

  #render(status) {
    clearInterval(this.#ticking);
    clearTimeout(this.#showing);
    const { state, transport } = status;
    document.body.dataset.connection = state;
    document.body.dataset.transport = transport ?? '';
    if (state === 'connected') {
      this.#chip.replaceChildren(el('span.state', {}, 'Connected · '), el('span.transport', {}, TRANSPORTS[transport]));
      this.#chip.title = EXPLANATIONS[transport];
      this.#banner.hidden = true;
      return;
    }
    this.#chip.replaceChildren(el('span.state', {}, state === 'connecting' ? 'Connecting…' : 'Offline'));
    this.#chip.title = '';
    this.#renderBanner(status);
    if (this.#banner.hidden) this.#showing = setTimeout(() => (this.#banner.hidden = false), CALM);
    if (state === 'waiting') this.#ticking = setInterval(() => this.#renderBanner(status), 250);
  }

  #renderBanner({ state, error, retryAt }) {
    const why = error ? `: ${reasonOf(error)}` : '';
    const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1_000));
    this.#text.textContent = {
      idle: 'Not connected.',
      connecting: 'Connecting…',
      waiting: `Offline${why}. Next try in ${seconds} s.`,
      closed: `Disconnected${why}. Reload the page to connect again.`,
    }[state];
    this.#now.hidden = state !== 'waiting';
  }
}

/** A browser's own words about a network do not help anybody. */
const reasonOf = ({ code, message }) => (code === 'unavailable' ? 'the server cannot be reached' : message.replace(/\.$/, ''));

/** Shows an error for a few seconds. */
export function toast(text) {
  const toasts = byId('toasts');
  if ([...toasts.children].some(({ firstChild }) => firstChild.textContent === text)) return;
  const shown = el('div.toast', {}, el('span', {}, text), el('button', { type: 'button', 'aria-label': 'Dismiss', onclick: () => shown.remove() }, '×'));
  toasts.append(shown);
  while (toasts.children.length > MOST_TOASTS) toasts.firstChild.remove();
  setTimeout(() => shown.remove(), TOAST_SHOWN);
}
