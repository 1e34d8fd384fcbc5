// The page: who writes, which document, and what the user is told of the connection.

import * as Y from 'yjs';
import { Awareness } from 'y-protocols/awareness';
import { Editor } from './editor.js';
import { People } from './people.js';
import { Session } from './session.js';

const find = (id) => document.getElementById(id);
const documentName = new URLSearchParams(location.search).get('document') ?? 'notes';

find('title').textContent = documentName;
document.title = `${documentName} · Collaboration`;

const remembered = sessionStorage.getItem('name');
if (remembered) {
  open(remembered);
} else {
  find('welcome').showModal();
  find('welcome').addEventListener('cancel', (event) => event.preventDefault());
  find('welcome-form').addEventListener('submit', (event) => {
    event.preventDefault();
    sessionStorage.setItem('name', find('name').value.trim());
    find('welcome').close();
    open(sessionStorage.getItem('name'));
  });
}

function open(name) {
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  const people = new People(find('people'), awareness.clientID);
  const session = new Session(documentName, doc, awareness, (callback) => fetchToken(name).then((token) => callback({ token }), () => callback({})));
  const editor = new Editor(find('area'), find('layer'), doc.getText('text'), awareness, (client) => people.nameOf(client));
  session.addEventListener('state', () => showState(session.state));
  session.addEventListener('people', ({ detail }) => people.replace(detail));
  session.addEventListener('user_joined', ({ detail }) => people.add(detail));
  session.addEventListener('user_left', ({ detail }) => people.remove(detail));
  for (const event of ['people', 'user_joined', 'user_left']) session.addEventListener(event, () => editor.draw());
  session.addEventListener('refused', ({ detail }) => say(detail));
  addEventListener('beforeunload', (event) => session.state.unsaved > 0 && event.preventDefault());
  find('app').hidden = false;
  find('area').focus();
}

/** The sample gives anybody a token for any name; an application asks who it is first. */
async function fetchToken(user) {
  const response = await fetch('/token', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ user }) });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()).token;
}

function showState({ connected, unsaved }) {
  document.body.dataset.connection = connected ? 'connected' : 'waiting';
  document.body.dataset.saved = unsaved === 0;
  find('status').textContent = !connected ? 'Offline' : unsaved === 0 ? 'Saved' : 'Saving…';
  if (connected) say('');
  else say(unsaved === 0 ? 'No connection. You can go on writing.' : 'No connection. You can go on writing: what you write is kept here and sent when the connection is back.');
}

function say(text) {
  find('banner').textContent = text;
  find('banner').hidden = text === '';
}
