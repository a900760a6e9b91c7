package config

import (
	"os"
	"path/filepath"
	"testing"
)

// TestPrivacy: a file is a page of the site, and its version is the text's.
func TestPrivacy(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "privacy.md")
	versions := map[string]bool{}
	for _, text := range []string{"# Privacy\n", "# Privacy!\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		n := mustParse(t, newsletter("privacy: file:"+path), nil).Newsletters[0]
		if n.Privacy != text || n.Look.Footer.PrivacyURL != "https://news.harbour-observer.example/privacy/weekly" || len(n.PrivacyVersion) != 12 {
			t.Errorf("%q, %s, version %s", n.Privacy, n.Look.Footer.PrivacyURL, n.PrivacyVersion)
		}
		versions[n.PrivacyVersion] = true
	}
	if len(versions) != 2 {
		t.Error("two texts have one version")
	}
	n := mustParse(t, newsletter("privacy: https://harbour-observer.example/privacy"), nil).Newsletters[0]
	if n.Privacy != "" || n.Look.Footer.PrivacyURL != n.PrivacyVersion || n.PrivacyVersion != "https://harbour-observer.example/privacy" {
		t.Errorf("a link: %+v", n)
	}
}

func TestProxies(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "[127.0.0.0/8 ::1/128]",
		"listen: {proxies: []}": "[]",
		`listen: {proxies: [10.1.2.3/8, "fd00::1"]}`: "[10.0.0.0/8 fd00::1/128]",
	} {
		c := mustParse(t, top(site+text), nil)
		got := "["
		for i, p := range c.Listen.Proxies {
			if i > 0 {
				got += " "
			}
			got += p.String()
		}
		if got += "]"; got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if s := mustParse(t, top(site), nil).SignUp; s.Work != 14 || s.PerNetwork != 30 || s.InAll != 6000 {
		t.Errorf("%+v", s)
	}
}
