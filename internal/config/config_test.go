package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/templates"
)

// noEnvironment is one without variables.
func noEnvironment(string) (string, bool) { return "", false }

// mustParse parses what must be right.
func mustParse(t *testing.T, text string, environment map[string]string) *Config {
	t.Helper()
	c, err := Parse("broadsheet.yaml", []byte(text), "/newsroom", func(name string) (string, bool) {
		s, ok := environment[name]
		return s, ok
	})
	if err != nil {
		t.Fatalf("this should load:\n%s\nbut: %v", text, err)
	}
	return c
}

// smallest is a file with only what must be there.
const smallest = `
site: https://news.harbour-observer.example
relays: [{address: mail.example.net}]
newsletters:
  - name: weekly
    title: The Harbour Observer
    from: The Harbour Observer <news@harbour-observer.example>
    schedule: "0 9 * * FRI"
    sources: [{url: https://harbour-observer.example/feed.xml}]
`

func TestDefaults(t *testing.T) {
	c := mustParse(t, smallest, nil)
	n, ok := c.Newsletter("weekly")
	if !ok {
		t.Fatal("no newsletter called weekly")
	}
	r := c.Relays[0]
	for _, test := range []struct {
		what      string
		got, want any
	}{
		{"site", c.Site.String(), "https://news.harbour-observer.example"},
		{"database", c.Database, "/newsroom/broadsheet.db"},
		{"key", c.Key.File, "/newsroom/broadsheet.key"},
		{"web", c.Listen.Web, "127.0.0.1:8480"},
		{"ops", c.Listen.Ops, "127.0.0.1:8481"},
		{"relay's name", r.Name, "mail.example.net"},
		{"relay's address", r.Address, "mail.example.net:587"},
		{"relay's tls", r.TLS, STARTTLS},
		{"relay's auth", r.Auth, AuthAny},
		{"relay's connections", r.Connections, 10},
		{"relay's window", r.Window, 4},
		{"relay's hello", r.Hello, "news.harbour-observer.example"},
		{"language", n.Language, "en"},
		{"envelope", n.Envelope, "news@harbour-observer.example"},
		{"list id", n.ListID, "weekly.news.harbour-observer.example"},
		{"contact", n.Look.Footer.Contact, "news@harbour-observer.example"},
		{"look's title", n.Look.Title, "The Harbour Observer"},
		{"timezone", n.Location, time.UTC},
		{"expires", n.Expires, 24 * time.Hour},
		{"approval", n.Approval, Required},
		{"stories", n.Stories, 8},
		{"hold below", n.HoldBelow, 3},
		{"stories of an author", n.AuthorMax, 3},
		{"weights", n.Weights, digest.UsualWeights},
		{"late grace", n.LateGrace, 48 * time.Hour},
		{"give up", n.GiveUp, 48 * time.Hour},
		{"in doubt", string(n.InDoubt), "resend"},
		{"sections", len(n.Sections), 1},
		{"section's rest", n.Sections[0].Rest, true},
		{"source's name", n.Sources[0].Name, "harbour-observer.example"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %v, want %v", test.what, test.got, test.want)
		}
	}
}

// TestFull reads a file that says everything.
func TestFull(t *testing.T) {
	text, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse("full.yaml", text, dir, func(name string) (string, bool) { return "of " + name, true })
	if err != nil {
		t.Fatal(err)
	}
	n := c.Newsletters[0]
	second := c.Newsletters[1]
	for _, test := range []struct {
		what      string
		got, want any
	}{
		{"database", c.Database, "postgres://broadsheet@localhost/broadsheet"},
		{"password from the environment", c.Relays[0].Password, "of SMTP_PASSWORD"},
		{"password from a file", c.Relays[1].Password, "correct horse"},
		{"implicit by its port", c.Relays[1].TLS, Implicit},
		{"ca", c.Relays[0].CA, filepath.Join(dir, "ca.pem")},
		{"limits", c.Relays[0].Limits.Limits, mailer.Limits{Rate: 100, Hourly: 20000}},
		{"a domain's limits", c.Relays[0].Limits.Domains["gmail.com"], mailer.Limits{Connections: 2, Rate: 20}},
		{"two domains", len(c.Relays[0].Limits.Domains), 2},
		{"weight", c.Relays[0].Weight, 3},
		{"no weight, and not on standby", c.Relays[1].Weight == 0 && !c.Relays[0].Standby, true},
		{"standby", c.Relays[1].Standby, true},
		{"a newsletter's limits", n.Limits.Limits, mailer.Limits{Connections: 8, Rate: 50, Hourly: 10000}},
		{"a newsletter's limits to a domain", n.Limits.Domains["gmail.com"], mailer.Limits{Rate: 5}},
		{"no limits", second.Limits.Zero() && second.Limits.Domains == nil, true},
		{"warm-up since", c.Relays[0].Ramp.Since.Format(time.DateOnly), "2026-12-01"},
		{"warm-up first", c.Relays[0].Ramp.First, 100},
		{"warm-up growth", c.Relays[0].Ramp.Growth, 2.0},
		{"a domain's warm-up by default", *n.Ramp, mailer.Ramp{Since: time.Date(2026, 12, 4, 0, 0, 0, 0, time.UTC), First: 50, Growth: 1.5}},
		{"no warm-up", second.Ramp == nil, true},
		{"greeting", n.Greeting, true},
		{"reply to", n.ReplyTo.Address, "desk@harbour-observer.example"},
		{"timezone", n.Location.String(), "Europe/Berlin"},
		{"dates", n.Dates["2026-12-25"], "skip"},
		{"dates in the calendar", n.Calendar.Skips("2026-12-25T09:00"), true},
		{"dates moved", n.Calendar.Instant("2027-01-01T09:00").Format(time.RFC3339), "2026-12-31T07:30:00+01:00"},
		{"expires", n.Expires, 36 * time.Hour},
		{"draft lead", n.DraftLead, 24 * time.Hour},
		{"no draft lead", second.DraftLead, time.Duration(0)},
		{"group", n.Group, "observer"},
		{"freeze lead", n.FreezeLead, 15 * time.Minute},
		{"opinion never leads", *n.Sections[1].Lead, false},
		{"rules", n.Rules().Sections[1].Max, 2},
		{"folder", n.Sources[1].Folder, filepath.Join(dir, "stories")},
		{"private", n.Sources[2].AllowPrivate, true},
		{"secret feed", n.Sources[3].URL, "https://user:word@paid.example.net/feed"},
		{"secret feeds are known", fmt.Sprint(n.Sources[0].Secret, n.Sources[2].Secret, n.Sources[3].Secret), "false false true"},
		{"sources are read every hour", second.FetchEvery, time.Hour},
		{"editors", n.Editors[1].Name, "Bo Dahl"},
		{"the second wave", n.Waves[1], mailer.Wave{Kind: mailer.WaveReaders, Readers: 500, Wait: 10 * time.Minute}},
		{"the third wave", n.Waves[2], mailer.Wave{Kind: mailer.WaveShare, Share: 25_000, Wait: time.Hour}},
		{"staff", n.StaffOrEditors()[0].Address, "ada@harbour-observer.example"},
		{"staff by default", len(second.StaffOrEditors()), 0},
		{"stops at", *n.StopAt, mailer.Thresholds{Rejected: 20_000, Refused: 200_000, Deferred: 200_000, Complained: 3_000}},
		{"stops at nothing", second.InWaves(), false},
		{"window", n.Window, 4 * time.Hour},
		{"accent", n.Look.Light.Accent, "#0b5394"},
		{"address has lines", n.Look.Footer.Address, "The Harbour Observer\n1 Quay Street"},
		{"appeal", n.Look.Support.Monthly[1], templates.Amount{Sum: "10 €", URL: "https://harbour-observer.example/support/10"}},
		{"appeal in words", n.Look.Support.Once[0].Label, "Any sum you like"},
		{"appeal by the year", n.Look.Support.Annual[0].Sum, "60 €"},
		{"appeal put off", n.Look.Support.Weeks(), 12},
		{"its own keys", n.DKIM[1], DKIM{"harbour-observer.example", "ed2026", filepath.Join(dir, "dkim/ed2026.pem")}},
		{"its own keys alone", len(n.DKIM), 2},
		{"the file's key", second.DKIM[0], DKIM{"harbour-observer.example", "file2026", "/etc/broadsheet/dkim.pem"}},
		{"theme", n.Look.Theme, "broadsheet"},
		{"merged source", second.Sources[0].URL, n.Sources[0].URL},
		{"merged and overridden", second.Look.Light.Accent, "#7a1f1f"},
		{"held at most what it holds", second.HoldBelow, 2},
	} {
		if test.got != test.want {
			t.Errorf("%s: %v, want %v", test.what, test.got, test.want)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	_, err := Load(dir, noEnvironment)
	var e *Error
	if !errors.Is(err, fs.ErrNotExist) || !errors.As(err, &e) {
		t.Errorf("of an empty folder: %v, want an *Error that wraps fs.ErrNotExist", err)
	}
	if err := os.WriteFile(filepath.Join(dir, FileName), []byte(smallest), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, filepath.Join(dir, FileName)} {
		c, err := Load(path, noEnvironment)
		if err != nil {
			t.Fatal(err)
		}
		if c.Dir != dir || c.Database != filepath.Join(dir, "broadsheet.db") {
			t.Errorf("Load(%s): folder %s, database %s", path, c.Dir, c.Database)
		}
	}
}

func TestLoadRefusesWhatIsNoFile(t *testing.T) {
	if _, err := Load("/dev/null", noEnvironment); err == nil || !strings.Contains(err.Error(), "ordinary file") {
		t.Errorf("/dev/null: %v", err)
	}
}

// TestSecretsStayHidden: whatever is wrong with a file, its secrets are not shown.
func TestSecretsStayHidden(t *testing.T) {
	for _, line := range []string{
		`relays: [{address: mail.example.net, username: u, password: hunter2}]`,
		`relays: [{address: mail.example.net, username: u, password: "hunter2"}]`,
		`relays: [{address: mail.example.net, username: u, pasword: hunter2}]`,
		`relays: [{address: mail.example.net, username: u, pass: hunter2, port: 1}]`,
		`relays: [{password: hunter2, address: mail.example.net, conections: 5}]`,
		"relays:\n  - password: [hunter2]",
		"relays:\n  - password: {hunter2: a}",
		"relays:\n  - password: |\n      hunter2\n      more",
		"relays:\n  - password: hunter2: x",
		"relays:\n  - username: u\n    pwd hunter2\n",
		"relays:\n  - username: u\n    pwd:hunter2\n",
		"relays:\n  - username: u\n    apikey:hunter2\n",
		"relays:\n  -pwd: hunter2\n   name: first\n",
		"relays:\n  - username: u\n     pwd: hunter2\n",
		"relays: [{username: u, pwd: hunter2\n",
		"site: a\nkey:hunter2\n",
		"site: a\nkey hunter2\n",
		"key: \"hunter2\nsite: a\n",
		`database: postgres://u:hunter2@localhost/b`,
		`database: mysql://u:hunter2@localhost/b`,
		`database: postgres://localhost/b?password=hunter2`,
		`key: hunter2`,
		`dkim: [{key: hunter2}]`,
		"dkim:\n  - key: |\n      hunter2\n      more",
		`site: https://u:hunter2@news.example.org`,
		`newsletters: [{sources: [{url: "https://u:hunter2@example.org/feed"}]}]`,
		`newsletters: [{sources: [{url: "ftp://u:hunter2@example.org/feed"}]}]`,
		`newsletters: [{sources: [{url: env:FEED}]}]`,
		`relays: [{address: env:RELAY}]`,
	} {
		_, err := Parse("f", []byte(line), "/newsroom", func(string) (string, bool) { return "nonsense hunter2", true })
		if err == nil {
			t.Errorf("%s: no error", line)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s\nshows its secret:\n%v", line, err)
		}
	}
}
