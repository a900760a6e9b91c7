// Draws the picture in the README: the demo's edition on a desk and on a phone in the
// dark, and one in Arabic on a phone.
//
//   picture.mjs BROADSHEET OUT.png
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as browser from './browser.mjs';
import { freePort, startDemo } from './mails.mjs';
import { writeNewsroom, writeStories } from './newsroom.mjs';

const [program, out] = process.argv.slice(2);
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'picture-'));

// What is drawn: how wide the screen is to the mail, and where it stands in the picture.
const size = { width: 1420, height: 900 };
const shots = [
  { of: 'demo', edition: 'weekly', look: 'light', screen: 690, x: 40, y: 36, width: 690 },
  { of: 'arabic', edition: 'ar0/extra-picture', look: 'light', screen: 360, x: 1084, y: 112, width: 264, phone: true },
  { of: 'demo', edition: 'weekly', look: 'dark', screen: 360, x: 772, y: 42, width: 264, phone: true },
];

function writeArabic(demo) {
  const dir = path.join(work, 'arabic');
  const run = (...args) => execFileSync(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  run('init', dir, '--title', 'Drawn', '--source', 'https://observer.example/feed.xml');
  writeNewsroom(dir, demo);
  const config = path.join(dir, 'broadsheet.yaml'), said = JSON.parse(fs.readFileSync(config, 'utf8'));
  for (const letter of said.newsletters) letter.greeting = false; // the preview's reader has a name in Latin letters
  fs.writeFileSync(config, JSON.stringify(said));
  run('-C', dir, 'dkim', 'new', 'observer.example', '--selector', 'judge');
  writeStories(dir, 'ar', demo.pictures);
  run('-C', dir, 'extra', 'ar0', 'picture');
}

// shot draws an edition as the preview shows it: as large as it will stand in the
// picture, so that nothing is scaled afterwards.
async function shot(s) {
  const port = await freePort(), preview = spawn(program, ['-C', path.join(work, s.of), 'preview', s.edition, '--serve', '--port', String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const end = () => preview.kill('SIGTERM');
  process.on('exit', end);
  try {
    const address = await new Promise((resolve, reject) => {
      preview.stdout.on('data', said => { const found = /http:\/\/\S+?\//.exec(said); if (found) resolve(found[0]); });
      preview.on('exit', code => reject(new Error(`the preview of ${s.edition} ended with ${code}`)));
    });
    const scale = s.width / s.screen;
    return await browser.draw(`${address}pane/digest/${s.look}`, { width: s.screen, height: Math.ceil((size.height - s.y) / scale), deviceScaleFactor: scale }, s.look === 'dark');
  } finally {
    end();
  }
}

const page = drawn => `<!doctype html><style>
body { margin: 0; background: #e6e2db; overflow: hidden }
img { position: absolute; box-shadow: 0 0 14px rgba(0, 0, 0, .12) }
.phone { margin: -6px; border: 6px solid #16150f; border-radius: 26px 26px 0 0; background: #16150f; box-shadow: 0 0 18px rgba(0, 0, 0, .14) }
</style>${drawn.map(({ s, png }) => `<img class="${s.phone ? 'phone' : ''}" style="left:${s.x}px;top:${s.y}px;width:${s.width}px" src="data:image/png;base64,${Buffer.from(png).toString('base64')}">`).join('')}`;

process.on('exit', () => fs.rmSync(work, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
const demo = await startDemo(program, path.join(work, 'demo'));
try {
  writeArabic(demo);
  await browser.open();
  const drawn = [];
  for (const s of shots) drawn.push({ s, png: await shot(s) });
  const sheet = path.join(work, 'sheet.html'), whole = path.join(work, 'whole.png');
  fs.writeFileSync(sheet, page(drawn));
  fs.writeFileSync(whole, await browser.draw(`file://${sheet}`, { ...size, deviceScaleFactor: 1 }));
  execFileSync('pngquant', ['--force', '--speed', '1', '--strip', '--output', out, '128', whole], { stdio: 'inherit' });
  console.log(`${out}: ${size.width} by ${size.height}, ${Math.round(fs.statSync(out).size / 1000)} kB`);
} finally {
  await browser.close();
  demo.stop();
}
process.exit();
