// The columns beside the main one, which on narrow screens slide in over it.

import { byId } from '/demo/dom.js';

const BUTTONS = { left: 'menu', side: 'side-button' };

export function wirePanels() {
  for (const [name, button] of Object.entries(BUTTONS)) byId(button).onclick = () => show(document.body.dataset.panel === name ? null : name);
  byId('shade').onclick = closePanels;
  addEventListener('keydown', (event) => event.key === 'Escape' && closePanels());
}

export const closePanels = () => show(null);

function show(panel) {
  if (panel) document.body.dataset.panel = panel;
  else delete document.body.dataset.panel;
  for (const [name, button] of Object.entries(BUTTONS)) byId(button).setAttribute('aria-expanded', `${name === panel}`);
}
