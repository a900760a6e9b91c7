package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// The files of the cases: what is not under test in them is right.
func top(text string) string {
	return text + `
relays: [{address: mail.example.net}]
newsletters: [{name: weekly, title: Observer, from: news@harbour-observer.example, schedule: "0 9 * * FRI", sources: [{folder: stories}]}]
`
}

func relay(text string) string {
	return "relays:\n  - " + text + `
site: https://news.harbour-observer.example
newsletters: [{name: weekly, title: Observer, from: news@harbour-observer.example, schedule: "0 9 * * FRI", sources: [{folder: stories}]}]
`
}

// newsletter puts lines into one that has everything it needs; a key of theirs
// takes the place of its own.
func newsletter(text string) string {
	own := []string{
		"name: weekly", "title: Observer", "from: news@harbour-observer.example",
		`schedule: "0 9 * * FRI"`, "sources: [{folder: stories}]",
	}
	own = slices.DeleteFunc(own, func(line string) bool {
		key, _, _ := strings.Cut(line, ":")
		return strings.HasPrefix(text, key+":") || strings.Contains(text, "\n"+key+":")
	})
	lines := append(strings.Split(text, "\n"), own...)
	return "newsletters:\n  - " + strings.Join(lines, "\n    ") + `
site: https://news.harbour-observer.example
relays: [{address: mail.example.net}]
`
}

const site = "site: https://news.harbour-observer.example\n"

var good = []struct {
	name string
	text string
}{
	{"http on this machine", top("site: http://127.0.0.1:8480")},
	{"http on localhost", top("site: http://localhost:8480/")},
	{"site with a path", top("site: https://harbour-observer.example/news/")},
	{"another domain", strings.Replace(top(site+"domains: [mail.example]"), "news@harbour-observer.example", "news@out.mail.example", 1)},
	{"a sender below the domain", strings.Replace(top(site), "news@harbour", "news@mail.harbour", 1)},
	{"postgres without a password", top(site + "database: postgres:///broadsheet?host=/run/postgresql")},
	{"a byte order mark", "\ufeff" + top(site)},
	{"carriage returns", strings.ReplaceAll(top(site), "\n", "\r\n")},
	{"a comment at the end of a secret", relay("{address: localhost, username: a, password: env:HOME} # none")},
	{"a relay on this machine in clear", relay(`{address: "[::1]:2525", tls: none, username: a, password: env:HOME}`)},
	{"a whole word for a schedule", newsletter(`schedule: "@weekly"`)},
	{"a title that is a number", newsletter("title: 1984")},
	{"no duration at all", newsletter("freeze_lead: 0")},
	{"sources asked at drafts alone", newsletter("fetch_every: 0")},
	{"drafted a day ahead", newsletter("draft_lead: 1d\nfreeze_lead: 15m\ngroup: observer")},
	{"one word for a list", newsletter("barred: Advertisement")},
	{"a name with a comma", newsletter(`from: '"Harbour, The" <news@harbour-observer.example>'`)},
	{"a day moved to another", newsletter("dates: {2026-12-25: 2026-12-24}")},
	{"an international domain", newsletter("reply_to: leser@bücher.example")},
	{"no section takes the rest", newsletter("sections: [{name: A, match: [b]}]")},
	{"a fraction of an hour", newsletter("expires: 1.5h")},
	{"empty optional list", newsletter("editors: []")},
	{"waves", newsletter("waves: [staff, 1% + 10m, rest]\nstaff: [ada@harbour-observer.example]\nstop_at: {rejected: 2.5%, deferred: 0}")},
	{"waves in numbers", newsletter("waves: [500+1h30m, 10%+0, rest]")},
	{"waves of everyone", newsletter("waves: []\nwindow: 0")},
	{"waves from nowhere but the staff", newsletter("waves:\n  - staff\n  - rest\nwindow: 4h")},
	{"two keys", newsletter("dkim: [{selector: a, key: file:a.pem}, {selector: b, key: file:b.pem}]")},
	{"a selector that is a number", newsletter("dkim: [{selector: 202611, key: file:a.pem}]")},
	{"a domain above From's", strings.Replace(newsletter("dkim: [{selector: a, key: file:a.pem, domain: Harbour-Observer.example}]"), "news@", "news@mail.", 1)},
}

func TestGood(t *testing.T) {
	for _, test := range good {
		t.Run(test.name, func(t *testing.T) { mustParse(t, test.text, map[string]string{"HOME": "/root"}) })
	}
}

var bad = []struct {
	name string
	text string
}{
	{"empty", ""},
	{"a proxy that is everyone", top(site + `listen: {proxies: ["0.0.0.0/0", "::/0"]}`)},
	{"a proxy by name", top(site + `listen: {proxies: [proxy.example.net]}`)},
	{"more work than a browser does", top(site + `sign_up: {work: 60}`)},
	{"a privacy policy that is not there", newsletter("privacy: file:nonesuch.md")},
	{"a privacy policy that is empty", newsletter("privacy: file:/dev/null")},
	{"sources asked too often", newsletter("fetch_every: 9m")},
	{"drafted after the freeze", newsletter("draft_lead: 10m\nfreeze_lead: 15m")},
	{"a group with blanks", newsletter("group: The Observer")},
	{"only comments", "# nothing\n"},
	{"a list", "- site\n"},
	{"text", "site\n"},
	{"a tab", "site: a\n\tkey: b\n"},
	{"a colon in a text", newsletter("title: Observer: the week")},
	{"an open quote", top("site: \"https://news.example.org\n")},
	{"an open bracket", top("site: [\n")},
	{"two documents", top(site) + "---\nsite: x\n"},
	{"not UTF-8", "site: \xff\n"},
	{"a tag", top("site: !!str https://news.example.org")},
	{"an alias of nothing", top("site: *nowhere")},
	{"an alias of itself", top("site: &a [*a]")},
	{"a merge of a text", newsletter("<<: weekly")},

	{"nothing but a site", site},
	{"no relays", strings.Replace(top(site), "relays: [{address: mail.example.net}]\n", "", 1)},
	{"no relays, in brackets", "{site: https://harbour-observer.example, zebra: swordfish}"},
	{"unknown key", top(site + "datbase: x.db")},
	{"key of another place", top(site + "schedule: daily")},
	{"key like no other", top(site + "zebra: 1")},
	{"key twice", top(site + site)},
	{"key with nothing", top(site + "domains:")},
	{"key null", top(site + "domains: ~")},
	{"required key with nothing", top("site:")},
	{"site in clear", top("site: http://news.example.org")},
	{"site without a scheme", top("site: news.example.org")},
	{"site with a query", top("site: https://news.example.org/?a=b")},
	{"site without a host", top("site: https://")},
	{"site a list", top("site: [https://news.example.org]")},
	{"site a number", top("site: 12")},
	{"no domain", top(site + "domains: [nodots, a b.example]")},
	{"database with a password", top(site + "database: postgres://u:word@localhost/b")},
	{"database of another kind", top(site + "database: mysql://localhost/b")},
	{"database from nowhere", top(site + "database: env:DATABASE_URL")},
	{"a path from home", top(site + "database: ~/broadsheet.db")},
	{"the key itself", top(site + "key: c2VjcmV0")},
	{"listeners", top(site + "listen: {web: 8480, ops: localhost:99999, www: x}")},
	{"listeners on one port", top(site + "listen: {web: 127.0.0.1:80, ops: 127.0.0.1:80}")},
	{"sender elsewhere", strings.Replace(top(site), "news@harbour-observer", "news@elsewhere", 1)},
	{"sender with a like name", strings.Replace(top(site), "news@harbour-observer", "news@notharbour-observer", 1)},

	{"keys that name nothing", top(site + "dkim: [{}, {selector: a_b, key: file:}]")},
	{"a key in the file", newsletter("dkim: [{selector: a, key: MC4CAQAwBQYDK2VwBCIEIH9}]")},
	{"a key in the file, whole", newsletter("dkim:\n  - selector: a\n    key: |\n      -----BEGIN PRIVATE KEY-----\n      MC4CAQAwBQYDK2VwBCIEIH9")},
	{"a selector twice", newsletter("dkim: [{selector: a, key: file:a.pem}, {selector: A, key: file:b.pem}]")},
	{"another domain's key", newsletter("dkim: [{selector: a, key: file:a.pem, domain: elsewhere.example}]")},
	{"a key of the domain's own domain", strings.Replace(newsletter("dkim: [{selector: a, key: file:a.pem, domain: example}]"), "news@", "news@mail.", 1)},
	{"a key below From's domain", top(site + "dkim: [{selector: a, key: file:a.pem, domain: news.harbour-observer.example}]")},
	{"a key that is a text", top(site + "dkim: file:a.pem")},

	{"a tab behind a dash", "relays:\n  -\taddress: mail.example.net\n"},
	{"a space that is none", "newsletters:\n  - name: weekly\n\u00a0   title: Harbour\n    from: a@a.example\n"},
	{"too far in", "relays:\n  - address: mail.example.net\n      name: first\n"},
	{"not far enough in", "relays:\n  - address: mail.example.net\n   name: first\n"},
	{"in from the margin", "site: https://a.example\n\n# What takes the mail.\n relays: []\n"},
	{"no colon", "relays:\n  - address mail.example.net   # ours\n    name: first\n"},
	{"no colon at the margin", "site: https://a.example\nrelays\n  - address: mail.example.net\n"},
	{"no space behind the colon", "site: https://a.example\nrelays:\n  - address: mail.example.net\n    name:first\n"},
	{"no space behind the dash", "relays:\n  -address: mail.example.net\n   name: first\n"},
	{"a colon in a text", "site: https://a.example\nnewsletters:\n  - title: Harbour: the news\n"},
	{"a quote that is open", "newsletters:\n  - title: \"Harbour\n    tagline: it's ours\n    schedule: \"0 9 * * FRI\"\n"},
	{"a bracket that is open", "newsletters:\n  - editors: [a@a.example, 'b]'\n    name: weekly\n    sections: [{name: News}]\n"},
	{"a brace that is open", "newsletters:\n  - sections:\n      - {name: News, match: [news]   # all\n      - {name: Opinion}\n"},
	{"a brace that is open beneath whole quotes", "key: 'C:\\'\ndatabase: \"C:\\\\\"\nsite: \"https://a\n  .example\"\nabout: 'it''s: [x'\nrelays: [{address: a]\n"},
	{"a brace that is open beneath a block", "about: |\n  Note: [draft\n  \"Quoted\nrelays: [{address: a]\n"},
	{"a bracket in a brace", "newsletters:\n  - sections:\n      - {name: News, match: [news, rest: true}\n"},
	{"an apostrophe in a quote", "newsletters:\n  - sections:\n      - {name: News}\n    address: '1 St Mary's Street'   # ours\n    name: weekly\n"},
	{"a quote in a quote", "newsletters:\n  - title: \"The \"Harbour\" Observer\"\n"},
	{"a secret with an apostrophe in a quote", "relays:\n  - username: a\n    password: 'hunter's2secret'\n"},
	{"a text behind a bracket", "newsletters:\n  - title: [Draft] Harbour\n"},
	{"a bracket too many", "newsletters:\n  - editors: [a@a.example]]\n"},
	{"a bracket too many in a brace", "newsletters:\n  - sections:\n      - {name: News, match: [news]], max: 2}\n"},
	{"a brace too many", "newsletters:\n  - sections: [{name: News}}]\n"},
	{"a backslash in a quote", "newsletters:\n  - address: \"Dock\\Side 4\"\n"},
	{"a backslash in a quote, and a number", "newsletters:\n  - address: \"Dock\\Upper 4\"\n"},
	{"an at sign", "newsletters:\n  - title: @Harbour\n"},
	{"a star", newsletter("schedule: * 9 * * FRI")},
	{"a line that is a secret", "relays:\n  - username: a\n    password hunter2\n"},
	{"a secret without a colon", "relays:\n  - username: a\n    pwd hunter2secret\n"},
	{"a secret behind a colon without a space", "relays:\n  - username: a\n    pwd:hunter2secret\n"},
	{"a secret of another name", "relays:\n  - username: a\n    apikey:hunter2secret\n"},
	{"the master key behind a colon without a space", "site: https://a.example\nkey:c2VjcmV0c2VjcmV0\n"},
	{"the master key without a colon", "site: https://a.example\nkey c2VjcmV0c2VjcmV0\n"},
	{"the master key in a quote that is open", "key: \"c2VjcmV0c2VjcmV0\nsite: https://a.example\n"},
	{"a secret behind a dash without a space", "relays:\n  -pwd: hunter2secret\n   name: first\n"},
	{"comments alone", "# Nothing yet.\n"},

	{"no relays", "site: https://news.example.org\nrelays: []\nnewsletters: []\n"},
	{"relay without address", relay("name: first")},
	{"relay a text", relay("mail.example.org:587")},
	{"relay's port", relay("address: mail.example.org:0")},
	{"relay with a scheme", relay("address: smtp://mail.example.org")},
	{"relay's tls", relay("{address: mail.example.org, tls: startls}")},
	{"relay's tls off", relay("{address: mail.example.org, tls: false}")},
	{"password in the file", relay("address: mail.example.org\n    username: a\n    password: word")},
	{"password of a number", relay("{address: mail.example.org, username: a, password: 12345}")},
	{"password unset", relay("{address: mail.example.org, username: a, password: env:SMTP_PASSWORD}")},
	{"password with an impossible name", relay("{address: mail.example.org, username: a, password: env:SMTP-PASSWORD}")},
	{"password in no file", relay("{address: mail.example.org, username: a, password: file:nowhere}")},
	{"password without username", relay("{address: mail.example.org, password: env:HOME}")},
	{"username without password", relay("{address: mail.example.org, username: a}")},
	{"password in clear", relay("{address: mail.example.org, tls: none, username: a, password: env:HOME}")},
	{"misspelt password", relay("{address: mail.example.org, username: a, passwort: hunter2}")},
	{"connections", relay("{address: mail.example.org, connections: 0}")},
	{"connections in words", relay("{address: mail.example.org, connections: many}")},
	{"two relays of a name", relay("{address: mail.example.org:25}\n  - {address: mail.example.org:26}")},
	{"ca of no file", relay("{address: mail.example.org, ca: nowhere.pem}")},
	{"hello", relay("{address: mail.example.org, hello: two words}")},

	{"weight", relay("{address: mail.example.org, weight: 0}")},
	{"standby in words", relay("{address: mail.example.org, standby: sometimes}")},
	{"all on standby", relay("{address: mail.example.org, standby: true}")},
	{"rate of a fraction", relay("{address: mail.example.org, rate: 0.5}")},
	{"hourly", relay("{address: mail.example.org, hourly: -1}")},
	{"limits of no domain", relay("{address: mail.example.org, domains: {two words: {rate: 1}}}")},
	{"limits of a domain in numbers", relay("{address: mail.example.org, domains: {gmail.com: 20}}")},
	{"limits of a domain left empty", relay("{address: mail.example.org, domains: {gmail.com: {}}}")},
	{"limits of a domain twice", relay("{address: mail.example.org, domains: {gmail.com: {rate: 1}, GMAIL.com: {rate: 2}}}")},
	{"limits of a domain misspelt", relay("{address: mail.example.org, domains: {gmail.com: {rates: 1}}}")},
	{"domains a list", relay("{address: mail.example.org, domains: [gmail.com]}")},
	{"limits that are no mapping", newsletter("limits: 50")},
	{"limits misspelt", newsletter("limits: {per_second: 50}")},
	{"limits with a domain's rate in words", newsletter("limits: {domains: {gmail.com: {rate: slow}}}")},
	{"warm-up without a day", relay("{address: mail.example.org, ramp: {first: 50}}")},
	{"warm-up since no day", relay("{address: mail.example.org, ramp: {since: 2026-13-01}}")},
	{"warm-up of nothing", relay("{address: mail.example.org, ramp: {since: 2026-12-01, first: 0}}")},
	{"warm-up that leaps", relay("{address: mail.example.org, ramp: {since: 2026-12-01, growth: 10}}")},
	{"warm-up that shrinks", newsletter("ramp: {since: 2026-12-01, growth: 0.5}")},
	{"warm-up in words", newsletter("ramp: {since: 2026-12-01, growth: double}")},
	{"warm-up of a misspelt key", newsletter("ramp: {since: 2026-12-01, grow: 2}")},
	{"warm-up that is no mapping", newsletter("ramp: 50")},

	{"newsletter's name", newsletter("name: The Weekly")},
	{"two newsletters of a name", "newsletters: [{name: weekly}, {name: weekly}]\n"},
	{"title on two lines", newsletter("title: \"a\\nb\"")},
	{"title true", newsletter("title: true")},
	{"from without a domain", newsletter("from: news")},
	{"from at no domain", newsletter("from: news@-.example")},
	{"from with a comma", newsletter("from: Harbour, The <news@harbour-observer.example>")},
	{"envelope with a name", newsletter("envelope: Bounces <b@harbour-observer.example>")},
	{"language", newsletter("language: English")},
	{"list id", newsletter("list_id: weekly")},
	{"feedback sender", newsletter("feedback_sender: a b")},
	{"schedule of three fields", newsletter(`schedule: "0 9 *"`)},
	{"schedule that never comes", newsletter(`schedule: "0 9 31 2 *"`)},
	{"schedule with a zone", newsletter(`schedule: "TZ=UTC"`)},
	{"schedule with a star", newsletter("schedule: * * * * *")},
	{"schedule of nothing", newsletter(`schedule: ""`)},
	{"hour that is none", newsletter(`schedule: "0 25 * * *"`)},
	{"zone in lower case", newsletter("timezone: europe/berlin")},
	{"zone of a city", newsletter("timezone: New York")},
	{"zone of nowhere", newsletter("timezone: Atlantis")},
	{"zone of this machine", newsletter("timezone: Local")},
	{"date that is none", newsletter("dates: {2026-13-25: skip}")},
	{"date without an edition", newsletter("dates: {2026-12-24: skip}")},
	{"date moved nowhere", newsletter("dates: {2026-12-25: later}")},
	{"dates without dates", newsletter("dates: skip")},
	{"date with nothing", newsletter("dates: {2026-12-25: }")},
	{"dates that collide", newsletter("dates: {2026-12-25: skip, \"2026-12-25T09:00\": skip}")},
	{"duration without a unit", newsletter("expires: 24")},
	{"duration in words", newsletter("expires: two days")},
	{"duration too long", newsletter("expires: 400d")},
	{"approval", newsletter("approval: auto")},
	{"stories in quotes", newsletter(`stories: "8"`)},
	{"stories without end", newsletter("stories: 99999999999999999999")},
	{"stories by half", newsletter("stories: 7.5")},
	{"holds everything", newsletter("stories: 3\nhold_below: 4")},
	{"sections", newsletter("sections:\n  - match: [a]\n  - {name: A, rest: true}\n  - {name: a, rest: true, min: 3, max: 1}\n  - {name: B, rest: sure}")},
	{"weights that are more than 100", newsletter("weights: {value: 50}")},
	{"weights in words", newsletter("weights: {value: much}")},
	{"weights misspelt", newsletter("weights: {freshnes: 10}")},
	{"weights that are no mapping", newsletter("weights: 40")},
	{"views of nothing", newsletter("views: {}")},
	{"views of two places", newsletter("views: {file: a.csv, url: https://example.org/v.csv}")},
	{"views on this machine", newsletter("views: {url: http://127.0.0.1/v.csv}")},
	{"views with a password", newsletter("views: {url: https://a:b@example.org/v.csv}")},
	{"lifetime of a minute", newsletter("sections: [{name: A, rest: true, lifetime: 1m}]")},
	{"author_max", newsletter("author_max: -1")},
	{"sections of text", newsletter("sections: News")},
	{"no sources", newsletter("sources: []")},
	{"source of nothing", newsletter("sources: [{name: a}]")},
	{"source of two things", newsletter("sources: [{folder: a, url: https://a.example}]")},
	{"source on this machine", newsletter("sources: [{url: http://127.0.0.1/feed}]")},
	{"source in a private network", newsletter("sources: [{url: http://192.168.1.4/feed}]")},
	{"source with a password", newsletter("sources: [{url: 'https://u:word@a.example/feed'}]")},
	{"source of a strange kind", newsletter("sources: [{url: gopher://a.example}]")},
	{"source of an editor's name", newsletter("sources: [{folder: a, name: elsewhere}]")},
	{"two sources of a name", newsletter("sources: [{url: https://a.example/1}, {url: https://a.example/2}]")},
	{"editors", newsletter("editors: [ada@observer.example, Ada <ADA@observer.example>, bo, [c]]")},
	{"waves without a rest", newsletter("waves: [staff, 1%]")},
	{"waves after the rest", newsletter("waves: [rest, staff]")},
	{"one wave", newsletter("waves: [rest]")},
	{"a wait after the rest", newsletter("waves: [staff, rest + 10m]")},
	{"wave without a unit", newsletter("waves: [1% + 10, rest]")},
	{"wave that waits long", newsletter("waves: [1% + 400d, rest]")},
	{"wave of nobody", newsletter("waves: [0%, 0, rest]")},
	{"wave of everyone", newsletter("waves: [60%, 40%, rest]")},
	{"wave by word", newsletter("waves: [everyone, rest]")},
	{"wave by half", newsletter("waves: [0.00001%, 1.5, rest]")},
	{"waves in a list of lists", newsletter("waves: [[staff], {rest: true}]")},
	{"staff twice", newsletter("waves: [staff, staff, rest]\nstaff: [ada@observer.example, ADA@observer.example]")},
	{"stop at a number", newsletter("stop_at: {rejected: 5, deferred: 101%, complaints: few, bounced: 1%}")},
	{"stop at", newsletter("stop_at: 5%")},
	{"a type that is none", newsletter("sources: [{url: https://a.example, type: wordpres}]")},
	{"a type of a folder", newsletter("sources: [{folder: stories, type: wordpress}]")},
	{"Ghost without a key", newsletter("sources: [{url: https://a.example, type: ghost}]")},
	{"Ghost with its key in the file", newsletter("sources: [{url: https://a.example, type: ghost, key: 22444f78447824223cefc48062}]")},
	{"a key for nothing", newsletter("sources: [{url: https://a.example, key: env:HOME}]")},
	{"which pages", newsletter("sources: [{url: https://a.example, pages: all}]")},
	{"completed from nowhere", newsletter("sources: [{url: https://a.example, complete_from: [{type: wordpress}]}]")},
	{"completed from here", newsletter("sources: [{url: https://a.example, complete_from: [{url: http://127.0.0.1/x}]}]")},
	{"a folder that is completed", newsletter("sources: [{folder: stories, complete_from: [{url: https://a.example}]}]")},
	{"window", newsletter("window: 4")},
	{"window too long", newsletter("window: 8d")},
	{"in doubt", newsletter("in_doubt: maybe")},
	{"privacy", newsletter("privacy: our page")},
	{"colour as a comment", newsletter("look:\n  accent: #0b5394")},
	{"colour by name", newsletter("look: {accent: blue}")},
	{"faint colour", newsletter(`look: {accent: "#ffff99"}`)},
	{"fonts", newsletter(`look: {fonts: {head: "'Georgia'; x"}}`)},
	{"logo in clear", newsletter("look: {logo: http://a.example/logo.png}")},
	{"logo without a size", newsletter("look: {logo: https://a.example/logo.png}")},
	{"appeal of nothing", newsletter("look: {support: {title: Help}}")},
	{"appeal of no amounts", newsletter("look: {support: {title: Help, once: [], monthly: {amount: 5 €, url: https://a.example}}}")},
	{"appeal of numbers", newsletter("look: {support: {title: Help, once: [{amount: 5, url: https://a.example}, {amount: euros, url: https://a.example}]}}")},
	{"appeal in two words", newsletter("look: {support: {title: Help, once: [{amount: 5 €, label: Five, url: https://a.example}, {url: https://a.example}]}}")},
	{"appeal in clear", newsletter("look: {support: {title: Help, annual: [{amount: 5 €, url: http://a.example}], remind_weeks: 0}}")},
}

// TestBad holds what is said of each mistake: golden, to be read by people.
func TestBad(t *testing.T) {
	var all strings.Builder
	for _, test := range bad {
		_, err := Parse("broadsheet.yaml", []byte(test.text), "/newsroom", func(name string) (string, bool) { return "set", name == "HOME" })
		if err == nil {
			t.Errorf("%s: this should be refused:\n%s", test.name, test.text)
			continue
		}
		for _, p := range err.(*Error).Problems {
			if p.Fix == "" {
				t.Errorf("%s: %q says not what would be right", test.name, p.Text)
			}
		}
		fmt.Fprintf(&all, "### %s\n%s\n\n", test.name, err)
	}
	trial.Golden(t, "testdata/bad.golden", all.String())
}

// TestSample: what init writes loads, says what it was given, and is short.
func TestSample(t *testing.T) {
	text := Sample(Values{})
	trial.Golden(t, "testdata/sample.golden", string(text))
	if n := strings.Count(string(text), "\n"); n > 40 {
		t.Errorf("the sample has %d lines, want 40 at most", n)
	}
	c := mustParse(t, string(text), nil)
	if r := c.Relays[0]; r.TLS != Opportunistic || r.Username != "" {
		t.Errorf("the sample's relay: %s for %q, want opportunistic TLS and no login", r.TLS, r.Username)
	}
	c = mustParse(t, string(Sample(Values{Relay: "mail.example.net:465", Username: "me: #1", Title: "Yes", Address: "a: b\n\"c\" 😀"})), map[string]string{"SMTP_PASSWORD": "word"})
	n := c.Newsletters[0]
	for _, pair := range [][2]string{{c.Relays[0].Username, "me: #1"}, {n.Title, "Yes"}, {n.Look.Footer.Address, "a: b\n\"c\" 😀"}, {string(c.Relays[0].TLS), "implicit"}} {
		if pair[0] != pair[1] {
			t.Errorf("got %q, want %q", pair[0], pair[1])
		}
	}
}

// FuzzParse: whatever the file holds, there is a configuration or a list of
// problems with places in the file, and never a panic.
func FuzzParse(f *testing.F) {
	for _, b := range bad {
		f.Add(b.text)
	}
	for _, g := range good {
		f.Add(g.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("f", []byte(text), t.TempDir(), noEnvironment)
		if err == nil {
			if c.Site == nil || len(c.Relays) == 0 || len(c.Newsletters) == 0 || c.Newsletters[0].Location == nil {
				t.Fatalf("accepted without its parts: %+v", c)
			}
			return
		}
		lines := strings.Count(text, "\n") + 1
		for _, p := range err.(*Error).Problems {
			if p.Line < 0 || p.Line > lines+1 || p.Text == "" {
				t.Fatalf("a problem at line %d of %d: %q", p.Line, lines, p.Text)
			}
		}
		if s := err.Error(); strings.ContainsAny(s, "\x1b\x00") {
			t.Fatalf("control characters reach the terminal: %q", s)
		}
	})
}
