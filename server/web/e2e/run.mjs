// Starts the real server on a free port with a store of its own, runs the browser tests against it and ends it.
//   npm run e2e [-- any options of Playwright]
// LANTAI_BIN: the program (default: build/release/bin/lantai); LANTAI_WEB: the built pages (default: server/web/dist).
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const top = resolve(web, '../..');
const program = process.env.LANTAI_BIN ?? join(top, 'build/release/bin/lantai');
const pages = process.env.LANTAI_WEB ?? join(web, 'dist');
for (const needed of [program, join(pages, 'index.html')]) {
  if (!existsSync(needed)) {
    console.error(`e2e: ${needed} is missing: build first`);
    process.exit(2);
  }
}

const data = mkdtempSync(join(tmpdir(), 'lantai-e2e-'));
const password = `e2e ${randomBytes(9).toString('base64url')}`;
const people = [
  { login: 'e2e-admin', name: '周敏', roles: ['administrator', 'security_officer', 'auditor', 'archivist'], clearance: 'restricted' },
  { login: 'e2e-archivist', name: '王芳', roles: ['archivist'], clearance: 'restricted' },
  { login: 'e2e-staff', name: '刘洋', roles: ['staff'], clearance: 'internal' },
  { login: 'e2e-reader', name: '李强', roles: ['reader'], clearance: 'public' },
  { login: 'e2e-system', name: '陈系', roles: ['administrator'], clearance: 'public' },
  { login: 'e2e-security', name: '安全', roles: ['security_officer'], clearance: 'public' },
  { login: 'e2e-auditor', name: '沈计', roles: ['auditor'], clearance: 'public' },
];
// A kernel that forbids a layer of the sandbox (some test machines do) must not stop the tests of the pages.
const shared = ['--data', data, '--schema', join(web, 'e2e/declarations'), '--allow-incomplete-sandbox'];
execFileSync(program, [...shared, 'policy', 'set', '--combine-officers', 'on']);
for (const one of people) {
  const roles = one.roles.flatMap((role) => ['--role', role]);
  execFileSync(program, [...shared, 'user', 'add', one.login, '--name', one.name, ...roles, '--clearance', one.clearance, '--password-file', '-'], { input: `${password}\n` });
}

const server = spawn(program, [...shared, '--lang', 'en', 'serve', '--listen', '127.0.0.1:0', '--web', pages, '--no-access-log'], { stdio: ['ignore', 'pipe', 'pipe'] });
let log = '';
const address = new Promise((found, failed) => {
  const read = (bytes) => {
    log = (log + bytes.toString()).slice(-200_000);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(log);
    if (url) found(url[0]);
  };
  server.stdout.on('data', read);
  server.stderr.on('data', read);
  server.on('exit', (code) => failed(new Error(`the server ended (${code}):\n${log}`)));
  setTimeout(() => failed(new Error(`the server did not say where it serves:\n${log}`)), 30_000).unref();
});

async function end() {
  server.removeAllListeners('exit');
  if (server.exitCode === null) {
    const gone = new Promise((ended) => server.once('exit', ended));
    server.kill('SIGTERM');
    await gone;
  }
  rmSync(data, { recursive: true, force: true });
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void end().then(() => process.exit(130)));

let code = 1;
try {
  const url = await address;
  server.removeAllListeners('exit');
  const playwright = join(dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json')), 'cli.js');
  const tests = spawn(process.execPath, [playwright, 'test', ...process.argv.slice(2)], {
    cwd: web,
    stdio: 'inherit',
    env: { ...process.env, LANTAI_URL: url, LANTAI_PASSWORD: password, NO_PROXY: '*' },
  });
  code = await new Promise((ended) => tests.on('exit', (status) => ended(status ?? 1)));
} catch (error) {
  console.error(String(error));
} finally {
  await end();
}
process.exit(code);
