// The demo: who you are, which room, and everything wired together.

import { Chat } from './chat.js';
import { Connection } from './connection.js';
import { avatar, byId } from './dom.js';
import { MessageList } from './message-list.js';
import { proposeName, roomName, userName } from './names.js';
import { PeopleList, RoomList } from './sidebar.js';
import { ConnectionStatus, toast } from './status.js';
import { fetchToken, objectionTo } from './token.js';

const PROPOSED = ['lobby', 'random', 'music'];
const USER = 'arauto.user';
const JOINED = 'arauto.rooms';

// Of the tab, not of the browser: two tabs are two people.
const remembered = sessionStorage;
const query = new URLSearchParams(location.search);

async function start() {
  const known = userName(query.get('user') ?? remembered.getItem(USER) ?? '');
  const user = known && !(await objectionTo(known)) ? known : await askName();
  remembered.setItem(USER, user);
  forgetUserInAddress();
  const connection = new Connection(`${location.origin.replace(/^http/, 'ws')}/ws`, () => fetchToken(user));
  let messages;
  const chat = new Chat(connection, user, () => !document.hidden && messages.isAtEnd);
  const people = new PeopleList(user);
  messages = new MessageList(chat, user);
  new RoomList(chat, (name) => {
    chat.show(name);
    closePanels();
    byId('text').focus();
  });
  new ConnectionStatus(connection);
  chat.addEventListener('trouble', ({ detail }) => toast(detail));
  chat.addEventListener('open', () => {
    people.show(chat.open);
    messages.show(chat.open);
    showRoom(chat.open);
  });
  chat.addEventListener('rooms', () => showTitle(chat));
  wireComposer(chat);
  wirePanels();
  document.addEventListener('visibilitychange', () => chat.watched());
  byId('me-name').textContent = user;
  byId('me').prepend(avatar(user));
  byId('me').onclick = changeName;
  byId('app').hidden = false;
  enter(chat);
  connection.start();
}

function enter(chat) {
  const open = roomName(query.get('room') ?? '') || PROPOSED[0];
  for (const name of PROPOSED) chat.propose(name);
  for (const name of (remembered.getItem(JOINED) ?? '').split(' ').filter(Boolean)) chat.join(name);
  chat.show(open);
  byId('text').focus();
}

function askName() {
  const dialog = byId('welcome');
  const input = byId('name');
  input.value = proposeName();
  dialog.showModal();
  input.select();
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  input.oninput = () => input.setCustomValidity('');
  return new Promise((resolve) => {
    byId('welcome-form').onsubmit = async (event) => {
      event.preventDefault();
      const name = userName(input.value);
      const objection = name ? await objectionTo(name) : 'A name needs at least one letter.';
      input.setCustomValidity(objection);
      if (!input.reportValidity()) return;
      dialog.close();
      resolve(name);
    };
  });
}

function changeName() {
  remembered.removeItem(USER);
  location.reload();
}

/** A reload or a copied address must not turn its reader into this user. */
function forgetUserInAddress() {
  query.delete('user');
  replaceAddress();
}

function replaceAddress() {
  const text = query.toString();
  history.replaceState(null, '', text ? `?${text}` : location.pathname);
}

function showRoom(room) {
  query.set('room', room.name);
  replaceAddress();
  byId('room-name').textContent = room.name;
  const text = byId('text');
  text.value = room.draft;
  text.placeholder = `Message #${room.name}`;
  fit(text);
}

function showTitle(chat) {
  const rooms = [...chat.rooms.values()];
  const unread = rooms.reduce((sum, room) => sum + room.unread, 0);
  document.title = `${unread ? `(${unread}) ` : ''}#${chat.open?.name ?? ''} · Arauto`;
  byId('menu').classList.toggle('unread', unread > 0);
  remembered.setItem(JOINED, rooms.filter((room) => room.isJoined).map((room) => room.name).join(' '));
}

function wireComposer(chat) {
  const text = byId('text');
  const send = () => {
    const content = text.value.trim();
    if (!content) return;
    text.value = chat.open.draft = '';
    fit(text);
    chat.send(content);
  };
  text.oninput = () => {
    chat.open.draft = text.value;
    fit(text);
    if (text.value.trim()) chat.typed();
  };
  text.onkeydown = (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  byId('composer').onsubmit = (event) => {
    event.preventDefault();
    send();
    text.focus();
  };
}

/** As high as its text, up to what the style sheet allows. */
function fit(text) {
  text.style.height = 'auto';
  text.style.height = `${text.scrollHeight}px`;
  byId('send').disabled = text.value.trim() === '';
}

function wirePanels() {
  byId('menu').onclick = () => togglePanel('rooms');
  byId('people-button').onclick = () => togglePanel('people');
  byId('shade').onclick = closePanels;
  addEventListener('keydown', (event) => event.key === 'Escape' && closePanels());
}

function togglePanel(name) {
  if (document.body.dataset.panel === name) closePanels();
  else document.body.dataset.panel = name;
  byId('menu').setAttribute('aria-expanded', document.body.dataset.panel === 'rooms');
  byId('people-button').setAttribute('aria-expanded', document.body.dataset.panel === 'people');
}

function closePanels() {
  delete document.body.dataset.panel;
  byId('menu').setAttribute('aria-expanded', 'false');
  byId('people-button').setAttribute('aria-expanded', 'false');
}

start();
