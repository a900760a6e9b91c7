// A name server for a box without a network. dns.mjs ZONE.json answers on
// 127.0.0.1:53, by UDP and TCP, with what the zone holds: [[name, type, value], ...];
// all else does not exist.
import dgram from 'node:dgram';
import fs from 'node:fs';
import net from 'node:net';

const types = { A: 1, MX: 15, PTR: 12, TXT: 16 };
const zone = JSON.parse(fs.readFileSync(process.argv[2], 'utf8')).map(([name, type, value]) => ({ name: name.toLowerCase(), type: types[type], value }));

const labels = name => Buffer.concat([...name.split('.').filter(Boolean).map(l => Buffer.concat([Buffer.from([l.length]), Buffer.from(l)])), Buffer.from([0])]);

function data({ type, value }) {
  if (type === types.A) return Buffer.from(value.split('.').map(Number));
  if (type === types.PTR) return labels(value);
  if (type === types.MX) {
    const [preference, host] = value.split(' ');
    return Buffer.concat([Buffer.from([0, Number(preference)]), labels(host)]);
  }
  const strings = value.match(/.{1,255}/g);
  return Buffer.concat(strings.map(s => Buffer.concat([Buffer.from([s.length]), Buffer.from(s)])));
}

// answer answers a question in the room that there is; what does not fit is asked again by TCP.
function answer(query, room) {
  let at = 12;
  const parts = [];
  while (query[at]) {
    parts.push(query.subarray(at + 1, at + 1 + query[at]).toString('latin1'));
    at += 1 + query[at];
  }
  const name = parts.join('.').toLowerCase(), type = query.readUInt16BE(at + 1), question = query.subarray(12, at + 5);
  const found = zone.filter(r => r.name === name && r.type === type);
  const known = zone.some(r => r.name === name || r.name.endsWith('.' + name));
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8580 | (known ? 0 : 3), 2);
  head.writeUInt16BE(1, 4);
  const records = found.map(r => {
    const d = data(r), b = Buffer.alloc(12);
    b.writeUInt16BE(0xc00c, 0); b.writeUInt16BE(r.type, 2); b.writeUInt16BE(1, 4); b.writeUInt32BE(60, 6); b.writeUInt16BE(d.length, 10);
    return Buffer.concat([b, d]);
  });
  head.writeUInt16BE(records.length, 6);
  const whole = Buffer.concat([head, question, ...records]);
  if (whole.length <= room) return whole;
  head.writeUInt16BE(0x8780, 2);
  head.writeUInt16BE(0, 6);
  return Buffer.concat([head, question]);
}

const udp = dgram.createSocket('udp4');
udp.on('message', (q, from) => udp.send(answer(q, 1232), from.port, from.address));
const tcp = net.createServer(socket => {
  let got = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', d => {
    got = Buffer.concat([got, d]);
    for (let n; got.length >= 2 && got.length >= (n = 2 + got.readUInt16BE(0)); got = got.subarray(n)) {
      const a = answer(got.subarray(2, n), 65535), size = Buffer.alloc(2);
      size.writeUInt16BE(a.length);
      socket.write(Buffer.concat([size, a]));
    }
  });
});
udp.bind(53, '127.0.0.1', () => tcp.listen(53, '127.0.0.1', () => console.log('ready')));
