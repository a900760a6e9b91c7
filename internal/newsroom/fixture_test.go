package newsroom_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// TestMain also is the child processes of kill_test.go and faults_test.go.
func TestMain(m *testing.M) {
	trial.NoNames()
	if what := os.Getenv(childEnv); what != "" {
		os.Exit(child(what))
	}
	os.Exit(storetest.Main(m))
}

// friday is the slot most tests are about; thursday the noon before it.
var (
	friday   = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	thursday = friday.Add(-21 * time.Hour)
)

const fridays = "weekly/2026-11-27T09:00"

// settings are what the tests change in the configuration, as YAML.
type settings map[string]string

var usual = settings{
	"schedule": `"0 9 * * FRI"`, "timezone": "UTC", "approval": "required", "expires": "24h",
	"in_doubt": "resend", "hold_below": "1", "stories": "8", "give_up": "48h", "editors": "[]",
	"sources": "[{file: feed.xml}]",
}

// room is a newsroom of its own with a mail server.
type room struct {
	t     *testing.T
	dir   string
	dsn   string
	clock *trial.Clock
	sink  *relay
	log   *trial.Log
	n     *newsroom.Newsroom

	connections, window int
	set                 settings

	box   demo.Mailbox // see boxed
	heard []string     // of its mails, by file
}

// each runs a test in a fresh newsroom on every engine.
func each(t *testing.T, change settings, test func(t *testing.T, r *room)) {
	storetest.SomeDSN(t, func(t *testing.T, dsn func() string) {
		test(t, newRoom(t, dsn(), change))
	})
}

// onSQLite runs a test whose matter is not the engine.
func onSQLite(t *testing.T, change settings, test func(t *testing.T, r *room)) {
	test(t, newRoom(t, storetest.Schema(t, filepath.Join(t.TempDir(), "broadsheet.db")), change))
}

func newRoom(t *testing.T, dsn string, change settings) *room {
	t.Helper()
	r := &room{
		t: t, dir: filepath.Join(t.TempDir(), "room"), dsn: dsn, clock: trial.ClockAt(thursday),
		sink: openRelay(t, "", ""), log: &trial.Log{}, connections: 4, window: 2, set: maps.Clone(usual),
	}
	maps.Copy(r.set, change)
	if err := newsroom.Init(t.Context(), r.dir, r.yaml()); err != nil {
		t.Fatal(err)
	}
	r.feed(storiesAt(thursday.Add(-3*time.Hour), 5)...)
	r.n = r.open("test")
	return r
}

func (r *room) yaml() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "site: https://news.observer.example\ndatabase: env:DSN\nkey: file:broadsheet.key\n"+
		"relays:\n  - address: %s\n    tls: none\n    connections: %d\n    window: %d\n"+
		"newsletters:\n  - name: weekly\n    title: The Observer\n    from: The Observer <news@observer.example>\n",
		r.sink.Address(), r.connections, r.window)
	for _, key := range slices.Sorted(maps.Keys(r.set)) {
		fmt.Fprintf(&b, "    %s: %s\n", key, r.set[key])
	}
	return b.Bytes()
}

// configure changes the configuration's file; a newsroom opened later reads it.
func (r *room) configure(change settings) {
	r.t.Helper()
	maps.Copy(r.set, change)
	r.write(newsroom.ConfigFile, string(r.yaml()))
}

func (r *room) write(name, text string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) options(who string) newsroom.Options {
	return newsroom.Options{
		Dir: r.dir, Clock: r.clock.Now, Log: slog.New(slog.NewTextHandler(r.log, nil)), Who: who,
		Lookup: func(name string) (string, bool) {
			if name == "DSN" {
				return r.dsn, true
			}
			return os.LookupEnv(name)
		},
	}
}

// open opens the newsroom once more, as another process would.
func (r *room) open(who string) *newsroom.Newsroom {
	r.t.Helper()
	n, err := newsroom.Open(r.t.Context(), r.options(who))
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		if err := n.Close(); err != nil {
			r.t.Error(err)
		}
	})
	return n
}

// again stops the newsroom and starts it anew.
func (r *room) again() { r.n = r.open("test") }

// address is the n-th reader's. No address is the end of another's name part.
func address(n int) string { return fmt.Sprintf("reader%06d@mail%d.example", n, n%7) }

// readers imports n readers, and returns their addresses.
func (r *room) readers(from, n int) []string {
	r.t.Helper()
	var b strings.Builder
	b.WriteString("email,name\n")
	var all []string
	for i := from; i < from+n; i++ {
		all = append(all, address(i))
		fmt.Fprintf(&b, "%s,Reader No %d\n", address(i), i)
	}
	report, err := r.n.Import(r.t.Context(), strings.NewReader(b.String()), newsroom.ImportOptions{Newsletter: "weekly", Basis: "test"})
	if err != nil || report.Added != int64(n) {
		r.t.Fatalf("imported %d of %d: %v", report.Added, n, err)
	}
	return all
}

type story struct {
	name string
	at   time.Time
}

// storiesAt makes n stories, an hour apart, that have nothing in common.
func storiesAt(first time.Time, n int) []story {
	words := []string{"Harbour crane", "Town budget", "Lighthouse lamp", "Ferry strike", "Herring quota", "School roof", "Night market", "Old pier"}
	var all []story
	for i := range n {
		word := words[i%len(words)]
		all = append(all, story{word + " " + word[:4] + first.Format("0102"), first.Add(-time.Duration(i) * time.Hour)})
	}
	return all
}

// feed writes the source's feed.
func (r *room) feed(stories ...story) {
	r.t.Helper()
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title><link>https://wire.example/</link><description>d</description>`)
	for _, s := range stories {
		slug := strings.ReplaceAll(strings.ToLower(s.name), " ", "-")
		fmt.Fprintf(&b, "<item><title>%s</title><link>https://wire.example/%s</link><guid>%s</guid><pubDate>%s</pubDate><description>What became of it: %s.</description></item>",
			s.name, slug, slug, s.at.Format(time.RFC1123Z), s.name)
	}
	b.WriteString("</channel></rss>")
	r.write("feed.xml", b.String())
}

// ready drafts and approves Friday's edition.
func (r *room) ready() {
	r.t.Helper()
	if _, err := r.n.Draft(r.t.Context(), "weekly", "2026-11-27", true); err != nil {
		r.t.Fatal(err)
	}
	r.approve(fridays)
}

func (r *room) approve(edition string) newsroom.Announcement {
	r.t.Helper()
	a, err := r.n.Approve(r.t.Context(), edition)
	if err != nil {
		r.t.Fatal(err)
	}
	return a
}

func (r *room) reopen(edition string) {
	r.t.Helper()
	if _, err := r.n.Reopen(r.t.Context(), edition, "to mend it"); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) edit(edition, file string) {
	r.t.Helper()
	if _, err := r.n.Edit(r.t.Context(), edition, []byte(file)); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) send(edition string, o newsroom.SendOptions) newsroom.Accounting {
	r.t.Helper()
	if r.n.Store.Engine() == "sqlite" { // one process sends: there is nobody to wait for
		o.Note = func(words string) { r.t.Errorf("a note without a cause: %s", words) }
	}
	a, err := r.n.Send(r.t.Context(), edition, o)
	if err != nil {
		r.t.Fatal(err)
	}
	r.balanced(a)
	return a
}

func (r *room) status(edition string) newsroom.Accounting {
	r.t.Helper()
	a, err := r.n.Status(r.t.Context(), edition)
	if err != nil {
		r.t.Fatal(err)
	}
	r.balanced(a)
	return a
}

func (r *room) balanced(a newsroom.Accounting) {
	r.t.Helper()
	if !a.Balanced() {
		r.t.Errorf("the accounting does not add up: %+v", a)
	}
}

func (r *room) edition(name string) *newsroom.Edition {
	r.t.Helper()
	e, err := r.n.Edition(r.t.Context(), name)
	if err != nil {
		r.t.Fatal(err)
	}
	return e
}

// got holds what the relay took to what each reader should have, and forgets it.
func (r *room) got(want map[string]int) {
	r.t.Helper()
	got := r.sink.counts()
	wrong := 0
	for _, who := range slices.Sorted(maps.Keys(merge(want, got))) {
		if got[who] != want[who] {
			if wrong++; wrong < 5 {
				r.t.Errorf("%s got %d, want %d", who, got[who], want[who])
			}
		}
	}
	if wrong > 0 {
		r.t.Errorf("%d readers got the wrong number", wrong)
	}
	r.sink.forget()
}

func merge(a, b map[string]int) map[string]int {
	all := map[string]int{} // a may be nil
	maps.Copy(all, a)
	maps.Copy(all, b)
	return all
}

// once is one message for each.
func once(readers ...string) map[string]int {
	want := map[string]int{}
	for _, who := range readers {
		want[who] = 1
	}
	return want
}
