// The page: asks for the lines that pass the filter and shows the newest.

import { io } from 'socket.io-client';

const MOST_ROWS = 500;
/** Milliseconds in which what is typed is gathered into one filter. */
const FILTER_PAUSE = 150;

const find = (id) => document.getElementById(id);
const rows = find('rows');
let shown = 0;
let filterTimer = null;
/** The number of the filter, and lines that passed it and came before the answer with those before them. */
let current = 0;
let early = [];

const socket = io('/requests', { auth: (callback) => fetchToken().then((token) => callback({ token }), () => callback({})) })
  .on('connect', watch)
  .on('disconnect', () => tell('waiting', 'No connection; trying again…'))
  .on('connect_error', ({ message }) => tell('waiting', message))
  .on('line', (line, number) => {
    if (number !== current) return; // Passed an earlier filter.
    if (early) early.push(line);
    else show([line]);
  });

find('filter').addEventListener('input', () => {
  clearTimeout(filterTimer);
  filterTimer = setTimeout(watch, FILTER_PAUSE);
});
find('filter').addEventListener('submit', (event) => event.preventDefault());
find('ask').addEventListener('click', () => {
  for (const [method, path] of [['GET', '/hello/world?token=secret'], ['POST', '/orders'], ['GET', '/slow'], ['GET', '/nothing-here']]) fetch(path, { method });
});

async function fetchToken() {
  return (await (await fetch('/token', { method: 'POST' })).json()).token;
}

async function watch() {
  if (!socket.connected) return; // The next connection asks.
  const number = ++current;
  early = [];
  const lines = await socket.timeout(10_000).emitWithAck('watch', Object.fromEntries(new FormData(find('filter'))), number).catch(() => null);
  if (number !== current) return;
  if (!lines) {
    if (socket.connected) socket.disconnect().connect();
    return;
  }
  if (lines.error) {
    tell('connected', lines.error.message);
    return;
  }
  rows.replaceChildren();
  shown = 0;
  show([...lines, ...early]);
  early = null;
  tell('connected', 'Live');
}

function show(lines) {
  const isAtEnd = find('lines').scrollTop + find('lines').clientHeight >= find('lines').scrollHeight - 40;
  rows.append(...lines.map(row));
  while (rows.childElementCount > MOST_ROWS) rows.firstElementChild.remove();
  shown += lines.length;
  find('count').textContent = shown === 1 ? '1 line' : `${shown} lines`;
  find('empty').hidden = rows.childElementCount > 0;
  if (isAtEnd) find('lines').scrollTop = find('lines').scrollHeight;
}

function row({ time, method, path, status, milliseconds }) {
  const row = document.createElement('tr');
  row.dataset.status = String(status)[0];
  for (const text of [new Date(time).toLocaleTimeString([], { hour12: false }), method, status, `${milliseconds} ms`, path]) row.insertCell().textContent = text;
  return row;
}

function tell(state, text) {
  document.body.dataset.connection = state;
  find('status').textContent = text;
}
