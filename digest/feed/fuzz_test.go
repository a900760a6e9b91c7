package feed

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzParse: whatever the bytes, the stories keep what digest.Story promises.
func FuzzParse(f *testing.F) {
	inputs, _ := filepath.Glob("testdata/feeds/*")
	for _, in := range inputs {
		data, err := os.ReadFile(in)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "text/xml")
	}
	for _, c := range broken {
		f.Add([]byte(channel(whole("1")+c.in+whole("2"))), "")
	}
	for _, make := range hostile {
		f.Add([]byte(make(20)), "text/xml")
	}
	for lang, text := range samples {
		f.Add(units(document("", text), 2, lang < "m", false), "")
		for _, name := range []string{"windows-1251", "koi8-r", "windows-1252", "shift_jis", "gb18030", "euc-kr"} {
			if enc, _ := lookup(name); enc != nil {
				if data, err := enc.NewEncoder().String(document("", text)); err == nil {
					f.Add([]byte(data), "text/xml; charset="+name)
				}
			}
		}
	}
	f.Add([]byte("<rss><channel><item><title>\xcf\xc1</title></item>"), "text/xml; charset=koi8-r")
	f.Fuzz(func(t *testing.T, in []byte, contentType string) {
		got, err := Parse(in, Options{ContentType: contentType, URL: "https://a.example/feed", MaxItems: 50})
		if err != nil {
			if strings.Contains(err.Error(), "XML syntax") {
				t.Fatal(err) // what is repaired is well-formed
			}
			return
		}
		if len(got.Stories) > 50 {
			t.Fatalf("%d stories", len(got.Stories))
		}
		for _, s := range got.Stories {
			for _, text := range append([]string{s.Title, s.Teaser, s.GUID}, append(s.Authors, s.Topics...)...) {
				if !utf8.ValidString(text) || strings.TrimSpace(text) != text || strings.ContainsFunc(text, func(r rune) bool { return r < 0x20 && r != '\t' && r != '\n' && r != '\r' }) {
					t.Fatalf("%q", text)
				}
			}
			if !utf8.ValidString(s.HTML) || strings.Contains(s.HTML, "<script") {
				t.Fatalf("%q", s.HTML)
			}
			if s.URL != "" && !strings.HasPrefix(s.URL, "https://") && !strings.HasPrefix(s.URL, "http://") {
				t.Fatalf("%q", s.URL)
			}
		}
	})
}
