// Who is in the document, as the server says: names cannot be made up by a page.

export class People {
  /** Names by the number that Yjs gives each page. */
  #names = new Map();
  #list;
  #own;

  constructor(list, own) {
    this.#list = list;
    this.#own = own;
  }

  nameOf(client) {
    return this.#names.get(client);
  }

  /** @param {{ user: string, client: number }[]} people */
  replace(people) {
    this.#names = new Map(people.map(({ user, client }) => [client, user]));
    this.#draw();
  }

  add({ user, client }) {
    this.#names.set(client, user);
    this.#draw();
  }

  remove({ client }) {
    this.#names.delete(client);
    this.#draw();
  }

  #draw() {
    const rows = [...this.#names].sort(([a], [b]) => a - b).map(([client, name]) => {
      const row = document.createElement('li');
      row.textContent = initials(name);
      row.title = client === this.#own ? `${name} (you)` : name;
      row.style.setProperty('--hue', hueOf(name));
      return row;
    });
    this.#list.replaceChildren(...rows);
  }
}

/** The same colour for the same name on every page. */
export function hueOf(name) {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)) >>> 0;
  return hash % 360;
}

const initials = (name) => [...name].slice(0, 2).join('').toUpperCase();
