// Elements without markup: text from the network only ever becomes text.

import { hue, initials } from '/demo/names.js';

/** `el('p.note', {title: 'x', onclick: f}, child, 'text')` */
export function el(spec, properties = {}, ...children) {
  const [tag, ...classes] = spec.split('.');
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(' ');
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export const byId = (id) => document.getElementById(id);

export function avatar(name) {
  const element = el('span.avatar', { 'aria-hidden': 'true' }, initials(name));
  element.style.setProperty('--hue', hue(name)); // Through the object model, which the content policy allows.
  return element;
}

const SHAPES = {
  sending: ['M8 4.6V8l2.2 1.4', 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2Z'],
  sent: ['M8 5.4a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2Z'],
  delivered: ['M3.5 8.6 6.6 11.6 12.5 4.8'],
  read: ['M1 8.6 4.1 11.6 10 4.8', 'M7.4 11.2l.5.4L13.8 4.8'],
  failed: ['M8 4.4v4.4', 'M8 11.3v.1', 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2Z'],
};

/** As `el`, for drawings: `svg('circle.dot', {r: 4})`. Everything but children is an attribute. */
export function svg(spec, attributes = {}, ...children) {
  const [tag, ...classes] = spec.split('.');
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  if (classes.length) element.setAttribute('class', classes.join(' '));
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A small drawing with a name for those who do not see it. */
export function icon(shape, label) {
  return svg(`svg.icon.icon-${shape}`, { viewBox: '0 0 16 16', role: 'img', 'aria-label': label },
    svg('title', {}, label),
    ...SHAPES[shape].map((d) => svg('path', { d })));
}

/** "alice", "alice and bob", "alice, bob and 3 others" */
export function listNames(names, most = 3) {
  if (names.length <= 1) return names.join('');
  const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} others`] : names;
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
