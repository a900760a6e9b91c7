package feed

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed"

	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// hostile are feeds that are made to cost more than they weigh, by how often their
// part is repeated.
var hostile = map[string]func(n int) string{
	"unclosed tags":              func(n int) string { return channel(`<item><title>x</title>` + strings.Repeat(`<b>`, n)) },
	"unclosed tags in a text":    func(n int) string { return channel(`<item><description>` + strings.Repeat(`<b>`, n)) },
	"unknown elements, unclosed": func(n int) string { return channel(`<item>` + strings.Repeat(`<x><id/>`, n) + `</item>`) },
	"elements of many names": func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `<x%d><id/>`, i)
		}
		return channel(`<item>` + b.String() + `</item>`)
	},
	"markup, unclosed": func(n int) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom"><entry>` + strings.Repeat(`<content type="xhtml"><id/>`, n) + `</entry></feed>`
	},
	"sections begun in sections": func(n int) string {
		return channel(`<item><title>` + strings.Repeat(`<![CDATA[x</title> `, n) + `]]></title></item>`)
	},
	"ends of a channel":   func(n int) string { return channel(`<item>` + strings.Repeat(`</channel>`, n) + `</item>`) },
	"end tags of nothing": func(n int) string { return channel(`<item>` + strings.Repeat(`</x>`, n)) },
	"end tags in a text":  func(n int) string { return channel(`<item><description>` + strings.Repeat(`</x>`, n)) },
	"unclosed items":      func(n int) string { return channel(strings.Repeat(`<item>`, n)) },
	"sections unended":    func(n int) string { return channel(`<item><title>` + strings.Repeat(`<![CDATA[`, n)) },
	"sections unended in items": func(n int) string {
		return channel(strings.Repeat(`<item><title><![CDATA[x</item>`, n))
	},
	"comments unended":     func(n int) string { return channel(strings.Repeat(`<!--`, n)) },
	"instructions unended": func(n int) string { return channel(strings.Repeat(`<?`, n)) },
	"declarations":         func(n int) string { return strings.Repeat(`<!DOCTYPE [`, n) + channel("") },
	"subsets":              func(n int) string { return strings.Repeat(`<!DOCTYPE x [ > `, n) + channel("") },
	"quotes unended":       func(n int) string { return channel(strings.Repeat(`<a b="`, n)) },
	"quotes of both kinds": func(n int) string { return channel(strings.Repeat(`<a b='" c="'>`, n)) },
	"attributes":           func(n int) string { return channel(`<item ` + strings.Repeat(`a="1" `, n) + `>`) },
	"attributes of many names": func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "a%d='1' ", i)
		}
		return channel(`<item ` + b.String() + `>`)
	},
	"namespaces": func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "<a%d:x xmlns:a%d='u'>", i, i)
		}
		return channel(b.String())
	},
	"ampersands": func(n int) string { return channel(`<item><title>` + strings.Repeat(`&`, n)) },
	"entities":   func(n int) string { return channel(`<item><title>` + strings.Repeat(`&acirc;&#128;`, n)) },
	"entities unended": func(n int) string {
		return channel(`<item><title>` + strings.Repeat(`&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`, n))
	},
	"one long entity":   func(n int) string { return channel(`<item><title>&` + strings.Repeat(`a`, n) + `;`) },
	"entities declared": func(n int) string { return `<!DOCTYPE r [` + strings.Repeat(`<!ENTITY a "b">`, n) + `]>` + channel("") },
	"laughs": func(n int) string {
		return `<!DOCTYPE r [<!ENTITY a "` + strings.Repeat("ha", 200) + `">]>` + channel(`<item><title>`+strings.Repeat(`&a;`, n)+`</title>`)
	},
	"laughs within laughs": func(n int) string {
		dtd := `<!ENTITY l0 "ha">`
		for i := range 20 {
			dtd += fmt.Sprintf(`<!ENTITY l%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&l%d;", i), 10))
		}
		return `<!DOCTYPE r [` + dtd + `]>` + channel(`<item><title>`+strings.Repeat(`&l20;`, n)+`</title>`)
	},
	"a long base": func(n int) string {
		return `<rss xml:base="https://a.example/` + strings.Repeat("a", n) + `/">` + strings.Repeat(`<item><link>x</link></item>`, n/20) + `</rss>`
	},
	"a base of some length": func(n int) string {
		return `<rss xml:base="https://a.example/` + strings.Repeat("a", 900) + `/"><channel><item>` + strings.Repeat(`<media:content url="x"/>`, n) + `</item></channel></rss>`
	},
	"a long language": func(n int) string {
		return `<rss xml:lang="` + strings.Repeat("a", n) + `">` + strings.Repeat(`<item><link>x</link></item>`, n/20) + `</rss>`
	},
	"a long site": func(n int) string {
		return `<rss><channel><link>https://a.example/` + strings.Repeat("a", n) + `/</link>` + strings.Repeat(`<item><link>x</link></item>`, n/20) + `</channel></rss>`
	},
	"pictures and credits": func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `<media:content medium="image" url="%d" width="%d"/><media:credit/>`, i, i)
		}
		return channel(`<item><media:group>` + b.String() + `</media:group></item>`)
	},
	"topics": func(n int) string { return channel(`<item>` + strings.Repeat(`<category>x</category>`, n) + `</item>`) },
	"authors": func(n int) string {
		return channel(`<item>` + strings.Repeat(`<dc:creator>x</dc:creator>`, n) + `</item>`)
	},
	"keywords": func(n int) string {
		return channel(`<item><keywords>` + strings.Repeat(`,x`, n) + `</keywords></item>`)
	},
	"JSON items": func(n int) string { return `{"items":[` + strings.Repeat(`{},`, n) + `{}]}` },
	"JSON lists": func(n int) string { return `{"items":[{"x":` + strings.Repeat(`[`, n) },
	"JSON items twice": func(n int) string {
		return `{` + strings.Repeat(`"items":[{"id":"1"}],`, n) + `"title":"t"}`
	},
}

// TestWorkIsCounted holds what hostile feeds cost, counted and not timed: bytes that
// the scanner looks at, bytes that it writes, bytes that are allocated. Each grows as
// the feed does: four times the feed is four times the work, or the limits cut it off.
func TestWorkIsCounted(t *testing.T) {
	for _, name := range sorted(hostile) {
		t.Run(name, func(t *testing.T) {
			make := hostile[name]
			const n = 4_000
			small, large := cost(make(n)), cost(make(4*n))
			// A little more than four times, for what a map or a buffer grows by in steps.
			if grown := float64(large.alloc) / float64(small.alloc); grown > 7 && large.alloc > 8<<20 {
				t.Errorf("allocates %d bytes, and %d for four times the feed: %.1f times", small.alloc, large.alloc, grown)
			}
			if large.looked > 6*large.size { // a few searches, each once
				t.Errorf("the scanner looks at %d bytes of %d", large.looked, large.size)
			}
			if large.written > 12*large.size+maxExpansion+maxGrown {
				t.Errorf("%d bytes are written of %d", large.written, large.size)
			}
		})
	}
}

type costs struct{ size, looked, written, alloc int }

func cost(in string) costs {
	c := costs{size: len(in)}
	var w warnings
	if !strings.HasPrefix(in, "{") {
		r := newRepairer(in, MaxItems, &w)
		if r.run() == nil {
			c.looked, c.written = r.z.work, len(r.out)
			for _, text := range r.aside {
				c.written += len(text)
			}
		}
	}
	var f Feed
	var err error
	c.alloc = trial.Allocated(func() { f, err = Parse([]byte(in), Options{}) })
	if err == nil && len(f.Stories) > MaxItems {
		panic("too many stories")
	}
	return c
}

// emptyItems is a feed of nothing but empty items, of a size.
func emptyItems(size int) []byte {
	const head, one = `<rss version="2.0"><channel><title>t</title>`, "<item></item>"
	return []byte(head + strings.Repeat(one, (size-len(head))/len(one)))
}

// TestEmptyItems: a feed of 28 MB of empty items is refused without a look; what is
// read of it, at the most, is 2,000 items.
func TestEmptyItems(t *testing.T) {
	big, most := emptyItems(28<<20), emptyItems(MaxBytes)
	for name, in := range map[string][]byte{"28 MB": big, "10 MB": most} {
		var f Feed
		var err error
		alloc := trial.Allocated(func() { f, err = Parse(in, Options{}) })
		t.Logf("%s: %d stories, %v, %d KB allocated in all", name, len(f.Stories), err, alloc>>10)
		if (err == nil) != (name == "10 MB") || len(f.Stories) > MaxItems || alloc > 48<<20 {
			t.Errorf("%s: %d stories, %v, %d bytes allocated", name, len(f.Stories), err, alloc)
		}
	}
}

// BenchmarkEmptyItems is the cost of 28 MB of empty items, as far as they are read,
// and of a tenth of it to gofeed alone.
func BenchmarkEmptyItems(b *testing.B) {
	b.Run("ours, 28 MB cut to 10", func(b *testing.B) {
		in := emptyItems(28 << 20)
		b.ReportAllocs()
		for b.Loop() {
			if f, err := Parse(in[:MaxBytes], Options{}); err != nil || len(f.Stories) != MaxItems {
				b.Fatal(err)
			}
		}
	})
	b.Run("gofeed alone, 2.8 MB", func(b *testing.B) {
		in := string(emptyItems(28<<20/10)) + "</channel></rss>"
		b.ReportAllocs()
		for b.Loop() {
			if _, err := gofeed.NewParser().ParseString(in); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkHostile is the time of each hostile feed, of some hundred kilobytes.
func BenchmarkHostile(b *testing.B) {
	for _, name := range sorted(hostile) {
		in := []byte(hostile[name](20_000))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = Parse(in, Options{}) // an error is an answer, too
			}
		})
	}
}
