// The rooms on the left and the people on the right.

import { avatar, byId, el, listNames } from '/demo/dom.js';
import { roomName } from '/demo/names.js';

export class RoomList {
  #list = byId('rooms');
  #chat;
  #chosen;

  /** @param chosen called with the name of the room that was clicked or typed */
  constructor(chat, chosen) {
    this.#chat = chat;
    this.#chosen = chosen;
    chat.addEventListener('rooms', () => this.#render());
    byId('new-room').onsubmit = (event) => this.#add(event);
  }

  #add(event) {
    event.preventDefault();
    const input = event.target.elements.name;
    const name = roomName(input.value);
    if (!name) return;
    input.value = '';
    this.#chosen(name);
  }

  #render() {
    const focused = document.activeElement?.dataset.room;
    this.#list.replaceChildren(...[...this.#chat.rooms.values()].map((room) => this.#row(room)));
    if (focused) this.#list.querySelector(`[data-room="${CSS.escape(focused)}"]`)?.focus();
  }

  #row(room) {
    const isOpen = room === this.#chat.open;
    const button = el('button.room', { type: 'button', onclick: () => this.#chosen(room.name) }, el('span.hash', { 'aria-hidden': 'true' }, '#'), el('span.name', {}, room.name));
    button.dataset.room = room.name;
    if (isOpen) button.setAttribute('aria-current', 'page');
    button.classList.toggle('joined', room.isJoined || isOpen);
    if (room.unread) button.append(el('span.badge', { 'aria-label': `${room.unread} unread` }, room.unread > 99 ? '99+' : `${room.unread}`));
    const row = el('li', {}, button);
    if (room.isJoined && !isOpen) {
      row.append(el('button.leave', { type: 'button', title: 'Leave', 'aria-label': `Leave ${room.name}`, onclick: () => this.#chat.leave(room.name) }, '×'));
    }
    return row;
  }
}

export class PeopleList {
  #here = byId('people-here');
  #away = byId('people-away');
  #user;
  #listening = null;

  constructor(user) {
    this.#user = user;
  }

  show(room) {
    this.#listening?.abort();
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    room.addEventListener('people', () => this.#render(room), { signal });
    room.addEventListener('typing', () => this.#renderTyping(room), { signal });
    this.#render(room);
    this.#renderTyping(room);
  }

  #render(room) {
    const here = [...room.people.keys()].sort((a, b) => (b === this.#user) - (a === this.#user) || a.localeCompare(b));
    const away = [...room.absent].filter((user) => !room.people.has(user) && user !== 'server' && user !== this.#user).reverse();
    this.#here.replaceChildren(...here.map((user) => this.#person(user, true, room.people.get(user))));
    this.#away.replaceChildren(...away.map((user) => this.#person(user, false)));
    byId('here-title').textContent = `Here · ${here.length}`;
    byId('away-section').hidden = away.length === 0;
    byId('summary').textContent = here.length === 1 && here[0] === this.#user ? 'only you' : `${here.length} here`;
    byId('faces').replaceChildren(...here.filter((user) => user !== this.#user).slice(0, 3).map(avatar));
  }

  #person(user, isHere, connections = 0) {
    const face = el('span.face', {}, avatar(user), el('span.dot'));
    const name = el('span.name', {}, user);
    const row = el('li', { title: user }, face, name);
    row.classList.toggle('here', isHere);
    if (user === this.#user) name.append(el('small', {}, ' you'));
    else if (connections > 1) name.append(el('small', {}, ` ${connections} tabs`));
    return row;
  }

  #renderTyping(room) {
    const users = [...room.typing.keys()];
    const line = byId('typing');
    const text = users.length === 0 ? '' : `${listNames(users)} ${users.length === 1 ? 'is' : 'are'} typing`;
    byId('typing-text').textContent = text;
    line.classList.toggle('shown', users.length > 0);
  }
}
