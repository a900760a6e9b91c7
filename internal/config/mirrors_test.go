package config

import (
	"strings"
	"testing"
)

func TestMirrors(t *testing.T) {
	own := "    mirrors: {site: https://Observer.example/, at: [\"https://a.example:8443/ho/\", https://b.example], links: written, check: /alive, text: true}"
	m := letterWith(t, own).Mirrors
	if m.Site.String() != "https://observer.example" || m.At[0].String() != "https://a.example:8443/ho" || m.At[1].String() != "https://b.example" ||
		m.Links != Written || m.Check != "/alive" || !m.Text || m.AllowPrivate {
		t.Errorf("%+v", m)
	}
	if m := letterWith(t, "").Mirrors; m != nil {
		t.Errorf("%+v where there are none", m)
	}
	whole := "mirrors: {site: https://observer.example, at: https://c.example}\n"
	if m := mustParse(t, whole+formatFile(""), nil).Newsletters[0].Mirrors; m == nil || m.At[0].Host != "c.example" || m.Links != ByPage || m.Check != "/" {
		t.Errorf("the file's: %+v", m)
	}
	if m := mustParse(t, whole+formatFile(own), nil).Newsletters[0].Mirrors; m.At[0].Host != "a.example:8443" {
		t.Errorf("the newsletter's own does not hold: %+v", m)
	}
}

func TestBadMirrors(t *testing.T) {
	for lines, want := range map[string]string{
		"{at: [https://a.example]}":                                                          `mirrors needs "site"`,
		"{site: https://observer.example}":                                                   `mirrors needs "at"`,
		"{site: https://observer.example, at: []}":                                           "there is no mirror here",
		"{site: https://observer.example, at: [https://observer.example/]}":                  "this is the site itself",
		"{site: https://observer.example, at: [https://a.example, https://A.example/]}":      "this mirror is named twice",
		"{site: \"https://observer.example/?x=1\", at: [https://a.example]}":                 "this is more than a site",
		"{site: https://observer.example, at: [http://a.example]}":                           "links in a mail need https, and http://a.example has http",
		"{site: https://observer.example, at: [ftp://a.example]}":                            "does not begin with https:// or http://",
		"{site: https://observer.example, at: [https://a.example], links: writen}":           "did you mean written?",
		"{site: https://observer.example, at: [https://a.example], check: alive}":            `"alive" is no path of a site`,
		"{site: https://observer.example, at: [https://a.example], url: https://b.example/}": `unknown key "url"`,
	} {
		_, err := Parse("broadsheet.yaml", []byte(formatFile("    mirrors: "+lines)), "/newsroom", nil)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "broadsheet.yaml:9:") {
			t.Errorf("%s: error %v, want one of line 9 that says %q", lines, err, want)
		}
	}
}
