// Which server and which browser the tests use.

const given = process.env.ARAUTO_URL;
if (!given) throw new Error('Set ARAUTO_URL to a server in development mode, such as http://127.0.0.1:8085.');

export const server = new URL(given);
export const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const switches = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
