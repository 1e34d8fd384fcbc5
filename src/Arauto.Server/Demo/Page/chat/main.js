// The demo: who you are, which room, and everything wired together.

import { ArautoClient } from '/demo/arauto.js';
import { byId } from '/demo/dom.js';
import { roomName } from '/demo/names.js';
import { closePanels, wirePanels } from '/demo/panels.js';
import { ConnectionStatus, toast } from '/demo/status.js';
import { Tokens } from '/demo/token.js';
import { identify } from '/demo/who.js';
import { Chat } from './chat.js';
import { MessageList } from './message-list.js';
import { PeopleList, RoomList } from './sidebar.js';

const PROPOSED = ['lobby', 'random', 'music'];
const JOINED = 'arauto.rooms';
const remembered = sessionStorage; // Of the tab, as is who sits in front of it.

async function start() {
  const user = await identify();
  const tokens = new Tokens(user);
  const client = new ArautoClient(location.origin, { token: () => tokens.fresh() });
  let messages;
  const chat = new Chat(client, user, () => !document.hidden && messages.isAtEnd);
  const people = new PeopleList(user);
  messages = new MessageList(chat, user);
  new RoomList(chat, (name) => {
    chat.show(name);
    closePanels();
    byId('text').focus();
  });
  new ConnectionStatus(client);
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
  byId('app').hidden = false;
  enter(chat);
}

function enter(chat) {
  const open = roomName(new URLSearchParams(location.search).get('room') ?? '') || PROPOSED[0];
  for (const name of PROPOSED) chat.propose(name);
  for (const name of (remembered.getItem(JOINED) ?? '').split(' ').filter(Boolean)) chat.join(name);
  chat.show(open);
  byId('text').focus();
}

function showRoom(room) {
  history.replaceState(null, '', `?${new URLSearchParams({ room: room.name })}`);
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

start();
