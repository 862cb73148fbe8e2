// How much script does a first visit load? Follows index.html, the pages one meets first (signing in, then the search) and
// all that they import, sums the gzip sizes and fails above the limit. Prints one JSON object.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const kLimitKilobytes = 350;
const kFirstPages = ['LoginPage', 'SearchPage']; // loaded by the router
const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');

function firstLoad() {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const waiting = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]);
  const parts = readdirSync(join(dist, 'assets'));
  for (const page of kFirstPages) {
    const file = parts.find((name) => name.startsWith(`${page}-`) && name.endsWith('.js'));
    if (!file) throw new Error(`there is no ${page} among the parts of the application`);
    waiting.push(posix.join('assets', file));
  }
  const seen = new Set();
  while (waiting.length > 0) {
    const file = waiting.pop();
    if (seen.has(file)) continue;
    seen.add(file);
    const code = readFileSync(join(dist, file), 'utf8');
    for (const match of code.matchAll(/(?:from|import)\s*"(\.\/[^"]+\.js)"/g)) waiting.push(posix.join('assets', match[1]));
  }
  return [...seen];
}

const gzip = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
const files = firstLoad().map((file) => ({ file, gzip_bytes: gzip(file) }));
const total = files.reduce((sum, entry) => sum + entry.gzip_bytes, 0);
const all = readdirSync(dist, { recursive: true }).filter((name) => statSync(join(dist, name)).isFile() && !name.endsWith('.gz'));
const bytes = all.reduce((sum, name) => sum + statSync(join(dist, name)).size, 0);
const ok = total <= kLimitKilobytes * 1024;
console.log(JSON.stringify({ first_load_script_gzip_kb: Math.round(total / 102.4) / 10, limit_kb: kLimitKilobytes, dist_kb: Math.round(bytes / 1024), dist_files: all.length, ok, files }, null, 1));
process.exit(ok ? 0 : 1);
