package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/templates"
)

// letterWith is the newsletter of a sample file with further lines.
func letterWith(t *testing.T, lines string) *Newsletter {
	t.Helper()
	return &mustParse(t, formatFile(lines), nil).Newsletters[0]
}

func formatFile(lines string) string {
	return `site: https://news.observer.example
relays: [{address: mail.observer.example}]
newsletters:
  - name: weekly
    title: The Observer
    from: news@observer.example
    schedule: "0 9 * * FRI"
    sources: [{name: site, url: https://observer.example/feed}]
` + strings.ReplaceAll(lines, "\n", "\n    ")
}

func TestFormats(t *testing.T) {
	for lines, want := range map[string]struct {
		usual   templates.Variant
		offered []templates.Variant
	}{
		"":                                     {"digest", []templates.Variant{"digest", "text"}},
		"    format: private":                  {"private", []templates.Variant{"digest", "text", "private"}},
		"    format: full\nformats: [text]":    {"full", []templates.Variant{"full", "text"}},
		"    formats: [private, digest]":       {"digest", []templates.Variant{"digest", "private"}},
		"    formats: []\nformat: private":     {"private", []templates.Variant{"private"}},
		"    formats: text, # one is a list":   {"digest", nil},
		"    formats: [text, full, private]\n": {"digest", []templates.Variant{"digest", "full", "text", "private"}},
	} {
		if want.offered == nil {
			continue
		}
		n := letterWith(t, lines)
		if n.Format != want.usual || !slices.Equal(n.Formats, want.offered) {
			t.Errorf("%q: %s of %v, want %s of %v", lines, n.Format, n.Formats, want.usual, want.offered)
		}
	}
}

func TestPrivate(t *testing.T) {
	for lines, want := range map[string]Private{
		"":                             {Pictures: 200_000},
		"    private: {pictures: 0}":   {},
		"    private: {pictures: 1MB}": {Pictures: 1_000_000},
		"    private: {subject: \"Your letter of {date}\", from_name: Post}": {200_000, "Your letter of {date}", "Post"},
	} {
		if got := letterWith(t, lines).Private; got != want {
			t.Errorf("%q: %+v, want %+v", lines, got, want)
		}
	}
}

// TestBadFormats: each says where, and what would be right.
func TestBadFormats(t *testing.T) {
	for lines, want := range map[string]string{
		"    format: privat":                         `did you mean private?`,
		"    format: web":                            `"web" is not known here`,
		"    formats: [text, text]":                  "text is named twice",
		"    private: {pictures: 300}":               `"300" is not a size`,
		"    private: {pictures: 3MB}":               `"3MB" is more than 2000kB`,
		"    private: {subject: \"{title} {date}\"}": `"{title}" stands for nothing here`,
		"    private: {from: x}":                     `unknown key "from"`,
	} {
		_, err := Parse("broadsheet.yaml", []byte(formatFile(lines)), "/newsroom", nil)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "broadsheet.yaml:9:") {
			t.Errorf("%q: error %v, want one of line 9 that says %q", lines, err, want)
		}
	}
}
