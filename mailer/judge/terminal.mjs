// What programs of the terminal show: neomutt the message, w3m and lynx its HTML.
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile), columns = 80;
const env = { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'screen' };
const raw = /<\/?[a-z]+[ >]|&(nbsp|amp|zwnj|lt|gt|quot|#\d+);|=[0-9A-F]{2}=|Ã|Ð|�|\{\{/g;

// Where neomutt is on a screen. Whatever ends the judging ends these, too.
const screens = new Set();
process.on('exit', () => { for (const s of screens) spawnSync('tmux', ['-S', s, 'kill-server'], { env }); });

// neomutt draws on a screen of tmux, which can be read.
async function neomutt(file, dir) {
  const box = path.join(dir, 'box');
  for (const sub of ['cur', 'new', 'tmp']) fs.mkdirSync(path.join(box, sub), { recursive: true });
  fs.copyFileSync(file, path.join(box, 'new', '1.mail'));
  const screen = path.join(dir, 'tmux'), tmux = (...args) => run('tmux', ['-S', screen, ...args], { env });
  const settings = [`set folder=${dir}`, 'set mbox_type=Maildir', 'set pager_index_lines=0', 'set tilde=no', 'set smart_wrap=yes', 'alternative_order text/plain text/html', 'ignore *', 'unignore from subject date to', 'push <first-entry><display-message>'];
  screens.add(screen);
  try {
    await tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', '400', 'neomutt', '-n', '-F', '/dev/null', '-R', '-f', box, ...settings.flatMap(s => ['-e', s]));
    for (let before = '', tries = 0; tries < 600; tries++) {
      await new Promise(resolve => setTimeout(resolve, 100));
      const { stdout } = await tmux('capture-pane', '-p');
      if (stdout.trim() && stdout === before && /^From: /m.test(stdout)) return stdout;
      before = stdout;
    }
    throw new Error('neomutt shows nothing');
  } finally {
    await tmux('kill-server').catch(() => {});
    screens.delete(screen);
  }
}

export async function read(mail) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'terminal-'));
  try {
    const screens = { neomutt: await neomutt(mail.file, dir) };
    if (mail.html) {
      const page = path.join(dir, 'page.html');
      fs.writeFileSync(page, mail.html);
      screens.w3m = execFileSync('w3m', ['-T', 'text/html', '-I', 'UTF-8', '-O', 'UTF-8', '-cols', String(columns), '-dump', page], { env, encoding: 'utf8' });
      screens.lynx = execFileSync('lynx', ['-force_html', '-assume_charset=utf-8', '-display_charset=utf-8', `-width=${columns}`, '-dump', page], { env, encoding: 'utf8' });
    }
    const objections = [], figures = [];
    for (const [program, screen] of Object.entries(screens)) {
      const lines = screen.split('\n').filter(l => l.trim());
      figures.push(`${program} ${lines.length} lines`);
      if (lines.length < 20) objections.push(`${program} shows ${lines.length} lines`);
      for (const l of lines.filter(l => l.match(raw)).slice(0, 3)) objections.push(`${program} shows ${l.trim().slice(0, 80)}`);
    }
    return { figures: figures.join(', '), objections };
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}
