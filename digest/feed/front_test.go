package feed

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

// TestFrontMatter: a story in each of the forms that Hugo's and Jekyll's users have, by
// the fields that differ from those of an empty one.
func TestFrontMatter(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	yaml := func(fields string) string { return "---\ntitle: A\n" + fields + "\n---\nText of it." }
	toml := func(fields string) string { return "+++\ntitle = 'A'\n" + fields + "\n+++\nText of it." }
	js := func(fields string) string { return "{\n\t\"title\": \"A\"" + fields + "\n}\nText of it." }
	const text = `"title":"A","teaser":"Text of it.","html":"<p>Text of it.</p>"`
	for _, c := range []struct{ name, in, want string }{
		{"a.md", yaml(""), text},
		{"a.md", toml(""), text},
		{"a.md", js(""), text},
		{"a.md", "---\ntitle: A\n...\nText of it.", text},
		{"a.md", yaml("lifetime: 36h\nvalue: 80"), text + `,"value":80,"lifetime":129600000000000`},
		{"a.md", toml("lifetime = '2w'\nvalue = 80\nevergreen = true"), text + `,"value":80,"lifetime":1209600000000000,"evergreen":true`},
		{"a.md", js(`, "lifetime": "1d", "value": 80, "topics": ["x", "y"]`), text + `,"topics":["x","y"],"value":80,"lifetime":86400000000000`},
		{"a.md", yaml("slug: tides\nlang: pt_BR"), text + `,"guid":"tides","language":"pt-BR"`},
		{"a.md", yaml("id: 7\nslug: tides"), text + `,"guid":"7"`},
		{"a.md", yaml("date: 2026-11-23 08:15:00 +0100"), text + `,"published":"2026-11-23T07:15:00Z"`},
		{"a.md", yaml("date: 2026-11-23 08:15:00\nlastmod: 2026-11-24"), text + `,"published":"2026-11-23T07:15:00Z","updated":"2026-11-23T23:00:00Z"`},
		{"a.md", toml("date = 2026-11-23T08:15:00+01:00\nlastmod = 2026-11-24\nembargo = 2026-11-25T06:00:00"), text + `,"published":"2026-11-23T07:15:00Z","updated":"2026-11-23T23:00:00Z","embargo":"2026-11-25T05:00:00Z"`},
		{"a.md", yaml("publishDate: 2026-11-25T06:00:00Z\nexpiryDate: 2026-12-01T00:00:00Z"), text + `,"embargo":"2026-11-25T06:00:00Z","run_until":"2026-12-01T00:00:00Z"`},
		{"a.md", yaml("embargo: 2026-11-26T06:00:00Z\npublishdate: 2026-11-25T06:00:00Z"), text + `,"embargo":"2026-11-26T06:00:00Z"`},
		{"a.md", yaml("categories: [News, Harbour]\ntags: [tides]"), text + `,"section":"News","topics":["Harbour","tides"]`},
		{"a.md", toml("categories = 'News'\ntags = ['tides', 'news']"), text + `,"section":"News","topics":["tides","news"]`},
		{"a.md", yaml("section: City\ncategories: News\ntopics: x"), text + `,"section":"City","topics":["x","News"]`},
		{"a.md", yaml("topics: [x]\ncategory: News\ntags: [y]"), text + `,"section":"News","topics":["x","y"]`},
		{"a.md", yaml("description: Mine."), `"title":"A","teaser":"Mine.","html":"<p>Text of it.</p>"`},
		{"a.md", yaml("cover:\n  image: a.jpg\n  alt: B\n  caption: C\n  relative: true"), text + `,"image":{"url":"a.jpg","alt":"B","caption":"C"}`},
		{"a.md", yaml("image:\n  path: /a.jpg\n  alt: B\ncredit: D"), text + `,"image":{"url":"/a.jpg","alt":"B","credit":"D"}`},
		{"a.md", toml("images = ['a.jpg', 'b.jpg']"), text + `,"image":{"url":"a.jpg"}`},
		{"a.md", toml("featured_image = '/img/a.jpg'"), text + `,"image":{"url":"/img/a.jpg"}`},
		{"a.md", yaml("layout: post\nweight: 3\naliases: [/x]\nparams: {a: 1}\nLinkTitle: x\nmenu: main"), text},
		{"a.md", toml("weight = 3\n[params]\na = 1\n[[resources]]\nsrc = 'x'"), text},
		{"a.md", js(`, "layout": "post", "Date": "2026-11-23T08:15:00Z"`), text + `,"published":"2026-11-23T08:15:00Z"`},
		{"a.md", yaml("Title: B\nlayout: x"), ""},
		{"a.md", yaml("published: true"), text},
		{"a.md", yaml("permalink: /2026/a/"), `"url":"/2026/a/",` + text},
		{"a.md", yaml("canonicalURL: https://a.example/a\nurl: /a"), `"url":"https://a.example/a",` + text},
		{"news/2026-11-23-tide-tables.md", yaml(""), text + `,"published":"2026-11-22T23:00:00Z"`},
		{"2026-11-23-tide-tables.md", yaml("date: 2026-11-24"), text + `,"published":"2026-11-23T23:00:00Z"`},
		{"2026-13-23-tide-tables.md", yaml(""), text},
		{"tides.de.md", yaml(""), text + `,"language":"de"`},
		{"tides.v2.md", yaml(""), text},
		{"a.md", "---\ntitle: A\n---\n{{< figure src=\"x.jpg\" title=\"y\" >}}\n{% include a.html %}\nText of {{% x %}}it.", text},
	} {
		s, err := ParseMarkdown(c.name, []byte(c.in), zone)
		if c.want == "" {
			if err == nil {
				t.Errorf("%s, %q: should be refused", c.name, c.in)
			}
			continue
		}
		s.ID = ""
		got, _ := json.Marshal(s)
		var have, want map[string]any
		_ = json.Unmarshal(got, &have)
		delete(have, "id")
		delete(have, "source")
		if have["url"] == "" {
			delete(have, "url")
		}
		if json.Unmarshal([]byte("{"+c.want+"}"), &want) != nil {
			t.Fatal(c.want)
		}
		if a, b := asJSON(have), asJSON(want); err != nil || a != b {
			t.Errorf("%s, %q: %v\n got %s\nwant %s", c.name, c.in, err, a, b)
		}
	}
}

func asJSON(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// TestFrontMatterErrors: each with its line, whatever the form.
func TestFrontMatterErrors(t *testing.T) {
	for in, want := range map[string]string{
		"+++\ntitle = 'A'\ntitel = 'B'\n+++\n":           `a.md:3: unknown field "titel"`,
		"+++\ntitle = 'A'\nvalue = 'x'\n+++\n":           `a.md:3: `,
		"+++\ntitle = 'A'\n\nvalue = 101\n+++\n":         `a.md:4: value: 101 is not between 0 and 100`,
		"+++\ntitle = A\n+++\n":                          `a.md:2:9: `,
		"+++\ntitle = 'A'\ntitle = 'B'\n+++\n":           `a.md:3:`,
		"+++\ntitle = 'A'\n":                             `a.md:3: the front matter has no end; write a line of three plus signs`,
		"{\n\"title\": \"A\",\n\"titel\": 1\n}\n":        `a.md:3:1: unknown field "titel"`,
		"{\n\"title\": \"A\",\n\"value\": 101\n}\n":      `a.md:3: value: 101 is not between 0 and 100`,
		"{\"title\": \"A\"":                              `a.md:1: the front matter has no end; close its brace`,
		"---\ntitle: A\nlifetime: long\n---\n":           `a.md:3: lifetime: "long" is not how long a story lives; write 12h or 14d`,
		"---\ntitle: A\nlifetime: 0d\n---\n":             `a.md:3: lifetime: "0d" is not`,
		"---\ntitle: A\nPublishDate: soon\n---\n":        `a.md:3: publishdate: "soon" is not a date`,
		"---\ntitle: A\nlang: klingonese\n---\n":         `a.md:1: language: "klingonese" is not a language`,
		"---\ntitle: A\nimage: {path: 'ftp://x'}\n---\n": `a.md:3: image: "ftp://x" is not a web address or a path`,
		"---\n- a\n- b\n---\n":                           `a.md:2:`,
		"---\njust text\n---\n":                          `a.md:2:`,
	} {
		_, err := ParseMarkdown("a.md", []byte(in), nil)
		if err == nil || len(err.Error()) < len(want) || err.Error()[:len(want)] != want {
			t.Errorf("%q:\n got %v\nwant %s...", in, err, want)
		}
	}
	for in, want := range map[string]error{
		"---\ntitle: A\npublished: false\n---\n": ErrDraft,
		"+++\ntitle = 'A'\ndraft = true\n+++\n":  ErrDraft,
	} {
		if _, err := ParseMarkdown("a.md", []byte(in), nil); !errors.Is(err, want) {
			t.Errorf("%q: %v", in, err)
		}
	}
	if _, err := ParseMarkdown("sub/README.md", []byte("# Read me"), nil); !errors.Is(err, ErrNoStory) {
		t.Error(err)
	}
	if s, err := ParseMarkdown("README.md", []byte("---\ntitle: A\n---\n"), nil); err != nil || s.Title != "A" {
		t.Error("a story that is called README", err)
	}
}
