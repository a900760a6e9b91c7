package bench

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The edition that is sent: an extra, which no slot and no expiry concerns.
const edition = "weekly/extra-bench"

// stories is how many an edition has, so that its messages are about 40 kB.
const stories = 26

// program builds the binary, once. What it is built from may change afterwards: so the
// schema is looked at then, too.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "broadsheet")
	cmd := exec.Command("go", "build", "-trimpath", "-o", path, "./cmd/broadsheet")
	cmd.Dir = *tree
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build broadsheet: %w\n%s", err, out)
	}
	var err error
	schema, err = schemaHash()
	return path, err
})

// schema is a hash of the binary's migrations.
var schema string

// room is a newsroom in a folder of its own, with an approved edition.
type room struct {
	dir     string
	readers int
	dkim    bool // signs with RSA-2048
	// For one send:
	relay               string
	connections, window int
	more                string // more of the configuration
}

// newRoom makes a newsroom of so many sealed readers, from a copy of one made before.
func newRoom(b *testing.B, readers int, dkim bool) *room {
	b.Helper()
	r := &room{dir: filepath.Join(b.TempDir(), "room"), readers: readers, dkim: dkim, relay: "127.0.0.1:25", connections: 1, window: 1}
	if err := copyFolder(r.dir, peopled(b, readers)); err != nil {
		b.Fatal(err)
	}
	if dkim {
		r.must(b, "dkim", "new", "observer.example", "--selector", "bench")
	}
	r.configure(b)
	r.write(b, "feed.xml", feed(stories))
	r.must(b, "extra", "weekly", "bench")
	// Lint knows that links to this machine are no good to readers: see feed.
	r.must(b, "approve", edition, "--yes", "--force", "--reason", "a benchmark")
	return r
}

// peopled gives the folder of a newsroom with so many readers and no edition. It is
// kept for later runs, by what makes it: the schema, and this file's own version of
// the readers. Another run may make the same at once: the first to be done stays.
func peopled(b *testing.B, readers int) string {
	b.Helper()
	if _, err := program(); err != nil {
		b.Fatal(err)
	}
	dir := filepath.Join(*cache, fmt.Sprintf("readers-%d-%s", readers, schema))
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	begun := time.Now()
	forget(*cache, begun.Add(-24*time.Hour))
	made, err := os.MkdirTemp(*cache, "making-*")
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(made)
	r := &room{dir: filepath.Join(made, "room"), readers: readers, relay: "127.0.0.1:25", connections: 1, window: 1}
	r.must(b, "init", r.dir)
	r.configure(b)
	list := filepath.Join(made, "readers.csv")
	if err := writeReaders(list, readers); err != nil {
		b.Fatal(err)
	}
	r.must(b, "subscribers", "import", list, "--basis", "made up")
	if err := os.Rename(r.dir, dir); err != nil && !errors.Is(err, fs.ErrExist) {
		b.Fatal(err)
	}
	b.Logf("a newsroom of %d sealed readers took %.1f s to make", readers, time.Since(begun).Seconds())
	return dir
}

// forget removes what was made before some time, since a large newsroom is hundreds of
// megabytes. That it fails costs nothing but room.
func forget(cache string, before time.Time) {
	_ = os.MkdirAll(cache, 0o700)
	entries, _ := os.ReadDir(cache)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.ModTime().Before(before) {
			_ = os.RemoveAll(filepath.Join(cache, e.Name()))
		}
	}
}

func schemaHash() (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, "readers 1")
	files := os.DirFS(filepath.Join(*tree, "internal", "store", "migrations"))
	err := fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, name)
		fmt.Fprintln(h, name, len(text))
		h.Write(text)
		return err
	})
	return fmt.Sprintf("%x", h.Sum(nil)[:4]), err
}

func writeReaders(path string, n int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	text.WriteString("email,name\n")
	for i := range n {
		fmt.Fprintf(&text, "reader%07d@mail%d.example,Reader No %d\n", i, i%50, i)
		if text.Len() > 1<<16 || i == n-1 {
			if _, err := text.WriteTo(f); err != nil {
				return errors.Join(err, f.Close())
			}
		}
	}
	return f.Close()
}

// copyFolder copies a newsroom, and waits until it is on the disk, so that no send
// has to.
func copyFolder(to, from string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	return filepath.WalkDir(to, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if err := os.Chmod(path, 0o600); err != nil {
			return err
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
}

func (r *room) configure(b *testing.B) {
	b.Helper()
	var text bytes.Buffer
	fmt.Fprintf(&text, `site: https://news.observer.example
key: file:broadsheet.key
relays:
  - address: %s
    tls: none
    connections: %d
    window: %d
`, r.relay, r.connections, r.window)
	if r.dkim {
		text.WriteString("dkim:\n  - {selector: bench, key: \"" + r.keyFile(b) + "\"}\n")
	}
	fmt.Fprintf(&text, `newsletters:
  - name: weekly
    title: The Observer
    from: The Observer <news@observer.example>
    schedule: "0 9 * * FRI"
    timezone: UTC
    stories: %d
    address: 1 Harbour Street, Westport
    sources:
      - file: feed.xml
`, stories)
	text.WriteString(r.more)
	r.write(b, "broadsheet.yaml", text.String())
}

// keyFile is how the configuration names the one key of DKIM.
func (r *room) keyFile(b *testing.B) string {
	b.Helper()
	found, err := filepath.Glob(filepath.Join(r.dir, "dkim", "*.pem"))
	if err != nil || len(found) != 1 {
		b.Fatalf("%d keys of DKIM: %v", len(found), err)
	}
	return "file:dkim/" + filepath.Base(found[0])
}

func (r *room) write(b *testing.B, name, text string) {
	b.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
}

// feed is that of a newspaper whose stories begin at length. No two share a word, or
// they would be taken for reports of one event, and the edition be short. Their pages are
// said to be on this machine, which the program does not ask: how long the network
// takes when pages are looked at once more before a send is not measured here.
func feed(n int) string {
	var text strings.Builder
	text.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title><link>https://wire.example/</link><description>d</description>`)
	words := 0
	word := func() string {
		words++
		return madeUp(words)
	}
	for i := range n {
		title := fmt.Sprintf("%s %s %s %s %s", word(), word(), word(), word(), word())
		fmt.Fprintf(&text, "<item><title>%s</title><link>https://127.0.0.1/%d</link><guid>%d</guid><pubDate>%s</pubDate><description>",
			title, i, i, time.Now().Add(-time.Duration(i+1)*10*time.Minute).Format(time.RFC1123Z))
		for range 46 {
			text.WriteString(word() + " ")
		}
		text.WriteString("end.</description></item>")
	}
	text.WriteString("</channel></rss>")
	return text.String()
}

// madeUp is a word of its own for each number: "baloki", "dumenasi".
func madeUp(n int) string {
	const consonants, vowels = "bdfgklmnprstvz", "aeiou"
	word := ""
	for n = n*7919 + 4000; n > 0; n /= len(consonants) * len(vowels) {
		word += string(consonants[n%len(consonants)]) + string(vowels[n/len(consonants)%len(vowels)])
	}
	return word
}

// command is one run of the program, as its own process.
func (r *room) command(ctx context.Context, b *testing.B, args ...string) *exec.Cmd {
	b.Helper()
	path, err := program()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "GO") }), "BROADSHEET_DIR="+r.dir)
	return cmd
}

func (r *room) must(b *testing.B, args ...string) {
	b.Helper()
	ctx, stop := bounded(b)
	defer stop()
	if out, err := r.command(ctx, b, args...).CombinedOutput(); err != nil {
		b.Fatalf("broadsheet %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// sent is what one send of the whole product came to.
type sent struct {
	wall  time.Duration // of the process: from its start to its end
	cpu   time.Duration // user and system time of the process
	peak  int64         // bytes of memory that it had resident at most
	grew  int64         // bytes of the database's files
	begun time.Time
	n     int
}

func (s sent) rate() float64        { return float64(s.n) / s.wall.Seconds() }
func (s sent) cpuEach() float64     { return float64(s.cpu.Nanoseconds()) / 1e3 / float64(s.n) }
func (s sent) grewEach() float64    { return float64(s.grew) / float64(s.n) }
func (s sent) peakMiB() float64     { return float64(s.peak) / (1 << 20) }
func (r *room) databaseSize() int64 { return sizeOf(r.dir, "broadsheet.db", "broadsheet.db-wal") }

func sizeOf(dir string, names ...string) (n int64) {
	for _, name := range names {
		if i, err := os.Stat(filepath.Join(dir, name)); err == nil {
			n += i.Size()
		}
	}
	return n
}

// sendTo runs "broadsheet send" to a relay, to its end.
func (r *room) sendTo(b *testing.B, relay string, connections, window int) sent {
	b.Helper()
	r.relay, r.connections, r.window = relay, connections, window
	r.configure(b)
	ctx, stop := bounded(b)
	defer stop()
	cmd := r.command(ctx, b, "send", edition, "--json")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	before := r.databaseSize()
	s := sent{begun: time.Now(), n: r.readers}
	err := cmd.Run()
	s.wall = time.Since(s.begun)
	var a struct{ Accepted, Audience int }
	if err == nil {
		err = json.Unmarshal(out.Bytes(), &a)
	}
	if err != nil || a.Accepted != r.readers {
		b.Fatalf("send: %v: %d of %d accepted\n%s%s", err, a.Accepted, r.readers, out.Bytes(), lastLines(&errs))
	}
	s.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.peak = int64(u.Maxrss) * maxrssUnit
	}
	s.grew = r.databaseSize() - before
	return s
}

func lastLines(r io.Reader) string {
	text, _ := io.ReadAll(r)
	return string(text[max(0, len(text)-2000):])
}

// remove takes the newsroom off the disk, since a large one is hundreds of megabytes.
func (r *room) remove(b *testing.B) {
	b.Helper()
	if err := os.RemoveAll(r.dir); err != nil {
		b.Fatal(err)
	}
}
