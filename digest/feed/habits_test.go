package feed

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/broadsheet-news/broadsheet/digest/prose"
)

// TestAnyHabits writes stories as a feed in habits drawn at random, several bad ones at
// once, and wants the stories back: how many, which titles, which links.
func TestAnyHabits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := habits{t}
		titles := rapid.SliceOfN(rapid.SampledFrom([]string{
			"The ferry leaves at nine", "AT&T & the harbour", "5 < 6, say the islanders", `"Quay" and 'pier'`, "Паром уходит в девять", "Café am Kai – eröffnet",
			"渡轮将于晚上九点出发", "One, two", "C++ > C?", "Наука & жизнь",
		}), 1, 6).Draw(t, "titles")
		format := rapid.SampledFrom([]string{"rss", "rdf", "atom"}).Draw(t, "format")
		var items []string
		for i, title := range titles {
			items = append(items, w.item(format, title, fmt.Sprintf("https://a.example/%d?a=1&b=%d", i, i)))
		}
		text := w.wrap(format, items)
		data, o := w.encode(text)
		f, err := Parse(data, o)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if len(f.Stories) != len(titles) {
			t.Fatalf("%d stories, want %d, of\n%s", len(f.Stories), len(titles), text)
		}
		for i, s := range f.Stories {
			if link := fmt.Sprintf("https://a.example/%d?a=1&b=%d", i, i); s.Title != prose.Plain(titles[i]) || s.URL != link {
				t.Fatalf("story %d is %q, %s; want %q, %s; of\n%s", i, s.Title, s.URL, titles[i], link, text)
			}
		}
	})
}

type habits struct{ *rapid.T }

func (h habits) one(of ...string) string { return rapid.SampledFrom(of).Draw(h.T, "habit") }

// often is true in one of so many cases.
func (h habits) oneIn(n int) bool { return rapid.IntRange(1, n).Draw(h.T, "chance") == 1 }

// element writes a name, a text in it, and mostly an end tag.
func (h habits) element(name, text string, endless bool) string {
	if h.oneIn(8) {
		name = strings.ToUpper(name)
	}
	open, end := "<"+name+">", "</"+name+">"
	switch {
	case endless && h.oneIn(4):
		end = ""
	case h.oneIn(8):
		end = "</" + strings.ToLower(name) + " >"
	}
	switch h.one("escaped", "escaped", "section", "bare", "numbers") {
	case "section":
		text = "<![CDATA[" + text + "]]>"
	case "bare":
		text = strings.NewReplacer("<", "&lt;").Replace(text)
	case "numbers":
		text = strings.NewReplacer("&", "&#38;", "<", "&#x3C;", "é", "&eacute;", "ö", "&#246;").Replace(text)
	default:
		text = escape(text)
	}
	space := h.one("", "", "\n\t", " ")
	return open + space + text + space + end
}

func (h habits) item(format, title, link string) string {
	junk := func() string {
		return h.one("", "", "", "\n", "\x00", "<!-- a -- comment -->", "<x:y>z</x:y>", "<?php ?>", "</b>", "\x1b", "<dc:creator>Ada Quay</dc:creator>")
	}
	parts := []string{h.element("title", title, true)}
	if format == "atom" {
		parts = append(parts, `<link `+h.one(`rel="alternate" `, "", "REL='alternate' ", "rel = alternate ")+`href="`+h.one(escape(link), link)+`"`+h.one("/>", "></link>", ">"))
	} else {
		parts = append(parts, h.element("link", link, true))
	}
	if h.oneIn(2) {
		parts = append(parts, h.element("guid", "https://a.example/guid", false))
	}
	if h.oneIn(3) {
		parts = append(parts, h.element("pubDate", "Mon, 23 Nov 2026 08:15:00 GMT", false))
	}
	out := junk()
	for _, p := range parts {
		out += p
		if strings.HasSuffix(strings.TrimSpace(p), ">") && strings.Contains(p, "</") {
			out += junk()
		}
	}
	name := map[string]string{"rss": "item", "rdf": "item", "atom": "entry"}[format]
	attrs := h.one("", "", ` rdf:about="x"`, ` class=new`, ` a="1" a="2"`)
	end := "</" + name + ">"
	if h.oneIn(5) {
		end = ""
	}
	return "<" + name + attrs + ">" + out + end + h.one("", "\n", "</p>")
}

func (h habits) wrap(format string, items []string) string {
	all := strings.Join(items, "")
	before := h.one("", "", "\n\n", "<!-- cached -->", "Warning: x\n")
	after := h.one("", "", "\n", "<script>alert(1)</script>", "</div>")
	switch format {
	case "atom":
		return before + `<feed` + h.one("", ` xmlns="http://www.w3.org/2005/Atom"`, ` xmlns="http://purl.org/atom/ns#"`) + `><title>t</title>` + all + `</feed>` + after
	case "rdf":
		return before + `<rdf:RDF xmlns="http://purl.org/rss/1.0/"><channel><title>t</title></channel>` + all + `</rdf:RDF>` + after
	}
	return before + `<rss version="2.0"><channel><title>t</title><link>https://a.example/</link>` + all + `</channel></rss>` + after
}

// encode writes the feed's bytes, and says what HTTP would say of them.
func (h habits) encode(text string) ([]byte, Options) {
	var o Options
	declare := func(name string) string { return `<?xml version="1.0" encoding="` + name + `"?>` + text }
	switch way := h.one("utf-8", "mark", "utf-16le", "utf-16be", "utf-32", "windows-1251", "gb18030", "http"); way {
	case "mark":
		return []byte("\xEF\xBB\xBF" + declare(h.one("utf-8", "iso-8859-1", "utf-16"))), o
	case "utf-16le", "utf-16be":
		return units(declare(way), 2, way == "utf-16be", h.oneIn(2)), o
	case "utf-32":
		return units(declare("utf-32"), 4, h.oneIn(2), h.oneIn(2)), o
	case "windows-1251", "gb18030":
		enc, _ := lookup(way)
		if coded, err := enc.NewEncoder().String(declare(way)); err == nil {
			return []byte(coded), o
		}
	case "http":
		o.ContentType = h.one("text/xml; charset=utf-8", "application/rss+xml", "text/html; charset=iso-8859-1", "text/plain;charset")
	}
	return []byte(declare("utf-8")), o
}
