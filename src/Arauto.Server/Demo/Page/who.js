// Who sits in front of this tab: remembered by the tab, given in the address, or asked.

import { avatar, byId } from '/demo/dom.js';
import { proposeName, userName } from '/demo/names.js';
import { objectionTo } from '/demo/token.js';

const USER = 'arauto.user';

// Of the tab, not of the browser: two tabs are two people.
const remembered = sessionStorage;

/** @returns {Promise<string>} the user's name, which the server takes */
export async function identify() {
  const query = new URLSearchParams(location.search);
  const known = userName(query.get('user') ?? remembered.getItem(USER) ?? '');
  const user = known && !(await objectionTo(known)) ? known : await askName();
  remembered.setItem(USER, user);
  forgetUserInAddress(query);
  byId('me-name').textContent = user;
  byId('me').prepend(avatar(user));
  byId('me').onclick = changeName;
  return user;
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
function forgetUserInAddress(query) {
  query.delete('user');
  const text = query.toString();
  history.replaceState(null, '', text ? `?${text}` : location.pathname);
}
