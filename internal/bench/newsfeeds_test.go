package bench

import (
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
	"time"
)

// Feeds as newspapers publish them: so many items each, every one with its whole text.
const (
	newsFeeds = 20
	newsItems = 100
)

// newsFeed writes the feed of one source, in one of the formats and habits that are
// met: RSS with its text in CDATA or escaped, Atom with HTML or XHTML, JSON Feed; every
// fifth is Russian. The same number gives the same bytes.
func newsFeed(number int) []byte {
	w := newsWriter{rng: rand.New(rand.NewPCG(uint64(number), 7)), site: fmt.Sprintf("https://paper%02d.example/", number), lang: "en", words: english}
	if number%5 == 4 {
		w.lang, w.words = "ru", russian
	}
	items := make([]newsItem, newsItems)
	for i := range items {
		items[i] = w.item(i)
	}
	switch number % 5 {
	case 1:
		return w.rss(items, html.EscapeString)
	case 2:
		return w.atom(items, "html", html.EscapeString)
	case 3:
		return w.json(items)
	case 4:
		return w.atom(items, "xhtml", func(s string) string { return `<div xmlns="http://www.w3.org/1999/xhtml">` + s + `</div>` })
	}
	return w.rss(items, func(s string) string { return "<![CDATA[" + s + "]]>" })
}

type newsItem struct {
	title, link, id, author, summary, body string
	topics                                 []string
	at                                     time.Time
}

type newsWriter struct {
	rng        *rand.Rand
	site, lang string
	words      []string
}

var (
	english = strings.Fields(`the harbour council of a ferry and to in that it was for on with as at by this from they which or one
		had not but what all were when we there can an your their said each about how up out them then she many some so these would other into
		has more her two like him see time could no make than first been its who now people my made over did down only way find use may water
		long little very after words called just where most know budget minister school company market police court election hospital weather
		investigation government journalists newspaper yesterday according committee spokeswoman decision residents million percent`)
	russian = strings.Fields(`в и не на что с по это к у из за для от как но о так же все его только было до мы они город порт паром
		совет министр суд школа рынок компания полиция выборы больница погода расследование правительство журналисты газета вчера согласно
		комиссия решение жители миллион процентов редакция сообщил который может время после между словам работа тысяч человек`)
)

func (w newsWriter) text(n int) string {
	var b strings.Builder
	for i := range n {
		word := w.words[w.rng.IntN(len(w.words))]
		if i == 0 {
			r := []rune(word)
			word = strings.ToUpper(string(r[0])) + string(r[1:])
		} else {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return b.String()
}

func (w newsWriter) sentences(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = w.text(9+w.rng.IntN(14)) + "."
	}
	return strings.Join(all, " ")
}

// item is a story of about 300 words, dressed as WordPress does. Its pictures are said to
// be on this machine, which the program does not ask.
func (w newsWriter) item(i int) newsItem {
	at := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC).Add(-time.Duration(i)*97*time.Minute - time.Duration(w.rng.IntN(3600))*time.Second)
	n := newsItem{
		title: w.text(8 + w.rng.IntN(5)), author: []string{"Ada Quay", "Boris Slip", "Vera Kai"}[w.rng.IntN(3)],
		link: fmt.Sprintf("%s%s/story-%d/?utm_source=rss&utm_medium=feed", w.site, at.Format("2006/01/02"), 1000+i),
		id:   fmt.Sprintf("%s?p=%d", w.site, 1000+i), summary: w.sentences(3), at: at,
		topics: []string{w.text(1), w.text(2), "News"},
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<figure class=\"wp-block-image size-large\"><img width=\"1024\" height=\"683\" src=\"https://127.0.0.1/uploads/%d.jpg\" class=\"wp-image-%d\" alt=\"%s\" srcset=\"https://127.0.0.1/uploads/%d-300x200.jpg 300w\" sizes=\"(max-width: 1024px) 100vw, 1024px\" /><figcaption>%s</figcaption></figure>\n\n",
		i, i, w.text(6), i, w.text(9))
	for p := range 4 {
		switch p {
		case 2:
			fmt.Fprintf(&b, "<h2 class=\"wp-block-heading\">%s</h2>\n\n", w.text(5))
		case 3:
			fmt.Fprintf(&b, "<blockquote class=\"wp-block-quote\"><p>%s</p></blockquote>\n\n", w.sentences(2))
		}
		fmt.Fprintf(&b, "<p>%s <a href=\"%s%d/\" target=\"_blank\" rel=\"noopener\">%s</a>, <em>%s</em> &#8220;%s&#8221; %s</p>\n\n",
			w.sentences(2), w.site, w.rng.IntN(1000), w.text(4), w.text(2), w.text(5), w.sentences(1))
	}
	fmt.Fprintf(&b, "<ul class=\"wp-block-list\"><li>%s</li>\n<li>%s</li></ul>\n", w.text(8), w.text(8))
	fmt.Fprintf(&b, "<img src=\"https://stats.example/pixel.gif?p=%d\" width=\"1\" height=\"1\" alt=\"\" />", i)
	n.body = b.String()
	return n
}

func (w newsWriter) rss(items []newsItem, wrap func(string) string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel>
<title>Paper</title><link>%s</link><description>News</description><language>%s</language>`, w.site, w.lang)
	for _, n := range items {
		fmt.Fprintf(&b, "\n<item>\n\t<title>%s</title>\n\t<link>%s</link>\n\t<dc:creator><![CDATA[%s]]></dc:creator>\n\t<pubDate>%s</pubDate>\n",
			n.title, html.EscapeString(n.link), n.author, n.at.Format(time.RFC1123Z))
		for _, t := range n.topics {
			fmt.Fprintf(&b, "\t<category><![CDATA[%s]]></category>\n", t)
		}
		fmt.Fprintf(&b, "\t<guid isPermaLink=\"false\">%s</guid>\n\t<description>%s</description>\n\t<content:encoded>%s</content:encoded>\n\t<media:thumbnail url=\"https://127.0.0.1/uploads/t.jpg\" width=\"300\" height=\"200\"/>\n</item>",
			n.id, wrap("<p>"+n.summary+"</p>\n<p>The post <a href=\""+n.link+"\">"+n.title+"</a> appeared first on <a href=\""+w.site+"\">Paper</a>.</p>"), wrap(n.body))
	}
	b.WriteString("</channel></rss>")
	return []byte(b.String())
}

func (w newsWriter) atom(items []newsItem, kind string, wrap func(string) string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="%s"><title>Paper</title><link href="%s"/><id>%s</id><updated>2026-11-27T09:00:00Z</updated>`, w.lang, w.site, w.site)
	for _, n := range items {
		fmt.Fprintf(&b, "\n<entry><title type=\"html\">%s</title><link rel=\"alternate\" type=\"text/html\" href=\"%s\"/><id>%s</id><published>%s</published><updated>%s</updated><author><name>%s</name></author>",
			n.title, html.EscapeString(n.link), n.id, n.at.Format(time.RFC3339), n.at.Format(time.RFC3339), n.author)
		for _, t := range n.topics {
			fmt.Fprintf(&b, `<category term="%s"/>`, t)
		}
		fmt.Fprintf(&b, "<summary type=\"text\">%s</summary><content type=\"%s\">%s</content></entry>", n.summary, kind, wrap(n.body))
	}
	b.WriteString("</feed>")
	return []byte(b.String())
}

func (w newsWriter) json(items []newsItem) []byte {
	list := make([]map[string]any, len(items))
	for i, n := range items {
		list[i] = map[string]any{
			"id": n.id, "url": n.link, "title": n.title, "content_html": n.body, "summary": n.summary, "date_published": n.at.Format(time.RFC3339),
			"authors": []any{map[string]string{"name": n.author}}, "tags": n.topics,
		}
	}
	out, err := json.Marshal(map[string]any{
		"version": "https://jsonfeed.org/version/1.1", "title": "Paper", "home_page_url": w.site, "language": w.lang, "items": list,
	})
	if err != nil {
		panic(err)
	}
	return out
}
