// The live map: everything wired together (docs/live-map.md).

import { ArautoClient } from '/demo/arauto.js';
import { byId } from '/demo/dom.js';
import { closePanels, wirePanels } from '/demo/panels.js';
import { ConnectionStatus, toast } from '/demo/status.js';
import { Tokens } from '/demo/token.js';
import { identify } from '/demo/who.js';
import { Board } from './board.js';
import { Card } from './card.js';
import { Drawing } from './drawing.js';
import { Feed } from './feed.js';
import { Follower } from './follower.js';
import { Gestures } from './gestures.js';
import { Lists } from './lists.js';
import { Sender } from './sender.js';
import { MapService } from './service.js';

const UNUSUAL = 700;

async function start() {
  const user = await identify();
  const tokens = new Tokens(user);
  const client = new ArautoClient(location.origin, { token: () => tokens.fresh() });
  const service = new MapService(tokens);
  const board = new Board();
  const sender = new Sender(board, service);
  const follower = new Follower(board, service);
  showBoard(board, user);
  new ConnectionStatus(client);
  client.on('status', ({ state }) => state === 'connected' && sender.wake());
  board.addEventListener('refused', ({ detail: { message } }) => toast(message));
  showUnsaved(board);
  addEventListener('beforeunload', (event) => board.wishes.length > 0 && event.preventDefault());
  wirePanels();
  byId('app').hidden = false;
  follower.follow(client.channel('updates'));
}

/** Everything that shows the board, or changes it. */
function showBoard(board, user) {
  const drawing = new Drawing(board, user);
  const gestures = new Gestures(board, drawing);
  const card = new Card(board, () => gestures.select(null));
  const lists = new Lists(board, (item) => {
    gestures.select(item);
    closePanels();
    drawing.focus(item);
  });
  new Feed(board);
  gestures.addEventListener('select', ({ detail: item }) => {
    card.show(item);
    lists.select(item);
  });
  gestures.addEventListener('interrupted', ({ detail: { saved } }) => toast(`${saved.by ?? 'Somebody'} changed it in the meantime.`));
  gestures.addEventListener('placing', ({ detail: isPlacing }) => {
    byId('placing').hidden = !isPlacing;
    byId('report').setAttribute('aria-pressed', `${isPlacing}`);
  });
  byId('report').onclick = ({ detail: clicks }) => {
    if (clicks > 0) gestures.isPlacing = !gestures.isPlacing;
    else gestures.report(); // With the keyboard: in the middle, from where arrow keys move it.
  };
  board.addEventListener('change', ({ detail: { item } }) => item.kind === 'notices' && showNotice(item.value?.text ?? ''));
}

/** Says how much of what was done here is not saved, once it takes longer than usual. */
function showUnsaved(board) {
  let timer = null;
  const render = () => {
    timer = null;
    const { length } = board.wishes;
    byId('unsaved').hidden = length === 0;
    byId('unsaved').textContent = length === 1 ? '1 change waits' : `${length} changes wait`;
  };
  board.addEventListener('change', () => {
    if (board.wishes.length > 0) timer ??= setTimeout(render, UNUSUAL);
    else if (!byId('unsaved').hidden) render();
  });
}

function showNotice(text) {
  byId('notice').hidden = text === '';
  byId('notice-text').textContent = text;
}

start();
