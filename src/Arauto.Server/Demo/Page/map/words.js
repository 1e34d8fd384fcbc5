// What things are called.

export const KINDS = { accident: 'Accident', fire: 'Fire', flood: 'Flood', outage: 'Power cut' };
export const STATUSES = { open: 'Open', assigned: 'Assigned', resolved: 'Resolved' };

/** What an incident is called: its text, or what kind it is. */
export const titleOf = ({ text, kind }) => text || KINDS[kind];

/** "alice moved Old Town": what an event of the service says happened, without who. */
export function sentenceOf(event, object, board) {
  const area = () => board.find('areas', object.id)?.value?.name ?? object.id;
  switch (event) {
    case 'geometry.updated':
      return `changed ${object.name}`;
    case 'subscription.updated':
      return object.status === 'active' ? `watches ${area()} again` : `paused the watch of ${area()}`;
    case 'incident.created':
      return `reported ${titleOf(object)}`;
    case 'incident.updated':
      return object.status === 'open' ? `changed ${titleOf(object)}` : `${object.status} ${titleOf(object)}`;
    case 'incident.deleted':
      return `deleted ${titleOf(object)}`;
    case 'notice':
      return object.text ? `put up a notice: ${object.text}` : 'took the notice down';
    default:
      return event;
  }
}
