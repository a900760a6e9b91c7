package feed

import (
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
)

// brief writes stories as "title|link", one a line.
func brief(stories []digest.Story) string {
	var lines []string
	for _, s := range stories {
		lines = append(lines, s.Title+"|"+strings.TrimPrefix(s.URL, "https://a.example/"))
	}
	return strings.Join(lines, "\n")
}

// channel wraps items, and what is between them, in an RSS feed.
func channel(inside string) string {
	return `<rss version="2.0"><channel><title>t</title><link>https://a.example/</link>` + inside + `</channel></rss>`
}

// whole is a whole item.
func whole(n string) string {
	return `<item><title>Story ` + n + `</title><link>https://a.example/` + n + `</link></item>`
}

// broken are feeds with one thing wrong in each, and what stands in that place:
// "title|link" of each story.
var broken = map[string]struct{ in, want string }{
	// tags
	"an item without an end tag":              {`<item><title>Open</title><link>https://a.example/o</link>`, "Open|o"},
	"a title without an end tag":              {`<item><title>Open<link>https://a.example/o</link></item>`, "Open|o"},
	"a link without an end tag":               {`<item><link>https://a.example/o<title>Open</title></item>`, "Open|o"},
	"a description without an end tag":        {`<item><title>Open</title><link>https://a.example/o</link><description>Text</item>`, "Open|o"},
	"a description open before a guid":        {`<item><title>Open</title><description>Text<guid>https://a.example/o</guid></item>`, "Open|o"},
	"a description open before a link":        {`<item><title>Open</title><description>Text <b>bold</b> on<link>https://a.example/o</link></item>`, "Open|o"},
	"a description open before its author":    {`<item><title>Open</title><description>Text<author>Ann</author><link>https://a.example/o</link></item>`, "Open|o"},
	"an author without an end tag":            {`<item><author>Ann<title>Open</title><link>https://a.example/o</link></item>`, "Open|o"},
	"an element of no name, left open":        {`<item><descris and so on><title>Open</title><link>https://a.example/o</link></item>`, "Open|o"},
	"the channel's end within an item":        {`<item><image><width>150</channel></image><title>Open</title><link>https://a.example/o</link></item>`, "Open|o"},
	"a long element with items' names":        {`<item><title>Open</title><link>https://a.example/o</link><related><title>Related</title><link>https://a.example/r</link><note>` + strings.Repeat("x", 9000) + `</note></related></item>`, "Open|o"},
	"an element whose case changes":           {`<item><title>Open</title><link>https://a.example/o</link><Source><title>Other</title></source></item>`, "Open|o"},
	"an end tag with a space":                 {`<item><title>Open</title><link>https://a.example/o</link><source><title>Other</title></source ></item>`, "Open|o"},
	"an end tag with a line break":            {"<item><title>Open</title><link>https://a.example/o</link><source><title>Other</title></source\n></item >", "Open|o"},
	"an element whose case changes oddly":     {`<item><title>Open</title><link>https://a.example/o</link><SOURCE><title>Other</title></Source></ITEM>`, "Open|o"},
	"a section open before another, spaced":   {`<item><title><![CDATA[Open</title ><link><![CDATA[https://a.example/o]]></link></item>`, "Open|o"},
	"the channel's end, spaced items":         {`<item ><image><width>150</channel></image><title>Open</title><link>https://a.example/o</link></item >`, "Open|o"},
	"an extension with items' names":          {`<x:menu><x:item>Sport</x:item><x:channel>News</x:channel></x:menu><item><title>Open</title><link>https://a.example/o</link></item><x:item>Late</x:item>`, "Open|o"},
	"a section about sections":                {`<item><title><![CDATA[Of </title>, and <![CDATA[ too]]></title><link>https://a.example/o</link></item>`, "Of , and too|o"},
	"a section open before another":           {`<item><title><![CDATA[Open</title><link><![CDATA[https://a.example/o]]></link></item>`, "Open|o"},
	"an item's end within a section":          {`<item><title><![CDATA[Of </item> in a feed]]></title><description><![CDATA[Write <item> and </item>.]]> </description><link>https://a.example/o</link></item>`, "Of </item> in a feed|o"},
	"a title whose end tag lacks its stroke":  {`<item><title>Open<title><link>https://a.example/o</link></item>`, "Open|o"},
	"texts whose end tags lack their strokes": {`<item><title>Open<title><description>Text<description><link>https://a.example/o<link></item>`, "Open|o"},
	"end tags of other names":                 {`<item><title>Open</titel><link>https://a.example/o</lnk></item>`, "Open|o"},
	"end tags crossed":                        {`<item><title>Open<link>https://a.example/o</title></link></item>`, "Open|o"},
	"an end tag too many":                     {`<item><title>Open</title></b></channel2><link>https://a.example/o</link></p></item>`, "Open|o"},
	"bold text that never ends":               {`<item><title>Open</title><link>https://a.example/o</link><description><b>Text</description></item>`, "Open|o"},
	"tags in capitals":                        {`<ITEM><TITLE>Open</TITLE><LINK>https://a.example/o</LINK></ITEM>`, "Open|o"},
	"start and end tag of different case":     {`<Item><Title>Open</title><LINK>https://a.example/o</link></item>`, "Open|o"},
	"a tag whose bracket is missing":          {`<item><title>Open</title<link>https://a.example/o</link></item>`, "Open|o"},
	"a start tag whose bracket is missing":    {`<item <title>Open</title><link>https://a.example/o</link></item>`, "Open|o"},
	"attributes without quotes":               {`<item a=b><title lang=en>Open</title><link x='y>https://a.example/o</link></item>`, "Open|o"},
	"an attribute without its second quote":   {`<item a="x><title b="y">Open</title><link c="z">https://a.example/o</link></item>`, "Open|o"},
	"attributes twice":                        {`<item a="1" a="2"><title>Open</title><link>https://a.example/o</link></item>`, "Open|o"},
	"attributes without a value":              {`<item new><title>Open</title><link>https://a.example/o</link></item>`, "Open|o"},
	"an entry among items":                    {`<entry><title>Open</title><link href="https://a.example/o"/></entry>`, "Open|o"},
	"an item within the item before":          {`<item><title>Out</title><link>https://a.example/out</link><item><title>In</title><link>https://a.example/in</link></item></item>`, "Out|out\nIn|in"},
	"the channel ended before its items":      {`</channel><item><title>Open</title><link>https://a.example/o</link></item>`, "Open|o"},
	"the feed ended before its items":         {`</channel></rss><item><title>Open</title><link>https://a.example/o</link></item>`, "Open|o"},
	"a second feed":                           {`</channel></rss><?xml version="1.0"?><rss><channel><title>u</title><item><title>Open</title><link>https://a.example/o</link></item>`, "Open|o"},
	"a link that HTML emptied":                {`<item><title>Open</title><link/>https://a.example/o<guid>x</guid></item>`, "Open|o"},
	"a link as Atom's":                        {`<item><title>Open</title><link rel="alternate" href="https://a.example/o"/></item>`, "Open|o"},
	"a link as Atom's to the feed, then one":  {`<item><title>Open</title><link rel="self" href="https://a.example/feed"/><link>https://a.example/o</link></item>`, "Open|o"},
	"an item's picture with title and link":   {`<item><image><title>Pic</title><link>https://a.example/pic</link><url>https://a.example/p.jpg</url></image><title>Open</title><link>https://a.example/o</link></item>`, "Open|o"},
	"a source with title and link":            {`<item><source url="https://b.example/"><title>Src</title><link>https://b.example/</link></source><title>Open</title><link>https://a.example/o</link></item>`, "Open|o"},
	"tags in a description, never escaped":    {`<item><title>Open</title><description><div><title>x</title><p>Text</p></div></description><link>https://a.example/o</link></item>`, "Open|o"},
	"an empty item":                           {`<item/>`, "|"},
	"elements of no standard":                 {`<item><foo:bar><baz>1</baz></foo:bar><title>Open</title><x/><link>https://a.example/o</link></item>`, "Open|o"},
	"a form feed and a NUL between tags":      {"<item>\x0c\x00<title>Op\x00en</title>\x1b<link>https://a.example/o\x08</link></item>", "Open|o"},
	"a tag cut by a line":                     {"<item\n>\r\n<title\n\t>Open</title\n><link\r>https://a.example/o</link></item\t>", "Open|o"},
	"the name of a tag with a colon at start": {`<:item2/><item><title>Open</title><link>https://a.example/o</link></item>`, "Open|o"},

	"names that are none": {`<item><title>Open</title><category¤x a¤b="1" c:2d="3">y</category¤x><rss:1x>z</rss:1x><q:2y/><é:z/><link>https://a.example/o</link></item>`, "Open|o"},

	// characters
	"bare ampersands":                        {`<item><title>AT&T & you</title><link>https://a.example/o?a=1&b=2&copy=3</link></item>`, "AT&T & you|o?a=1&b=2&copy=3"},
	"ampersands escaped twice":               {`<item><title>AT&amp;amp;T</title><link>https://a.example/o?a=1&amp;b=2</link></item>`, "AT&T|o?a=1&b=2"},
	"entities of HTML":                       {`<item><title>Caf&eacute;&nbsp;&mdash;&nbsp;&hellip;</title><link>https://a.example/o</link></item>`, "Café — …|o"},
	"entities of HTML, escaped":              {`<item><title>Caf&amp;eacute;&amp;nbsp;&amp;#8212;&amp;#x20AC;</title><link>https://a.example/o</link></item>`, "Café —€|o"},
	"characters in halves":                   {`<item><title>A &#55357;&#56832;&#xD83D;&#xde00; B&#55357;C</title><link>https://a.example/o</link></item>`, "A 😀😀 BC|o"},
	"entities that nobody knows":             {`<item><title>A &bogus; B &; C &#; D &#xZZ;</title><link>https://a.example/o</link></item>`, "A &bogus; B &; C &#; D &#xZZ;|o"},
	"numbers of no character":                {`<item><title>A&#0;&#xFFFF;&#xD800;&#x110000;&#31;B</title><link>https://a.example/o</link></item>`, "AB|o"},
	"a letter by its bytes":                  {`<item><title>Caf&Atilde;&copy; &acirc;&#128;&#148; &Atilde;</title><link>https://a.example/o</link></item>`, "Café — Ã|o"},
	"less than":                              {`<item><title>5 < 6 and I <3 it</title><link>https://a.example/o</link></item>`, "5 < 6 and I <3 it|o"},
	"a tag that the title is about":          {`<item><title>The &amp;lt;b&amp;gt; tag</title><link>https://a.example/o</link></item>`, "The <b> tag|o"},
	"bold escaped once":                      {`<item><title>&lt;b&gt;Bold&lt;/b&gt;</title><link>https://a.example/o</link></item>`, "Bold|o"},
	"bold escaped twice":                     {`<item><title>&amp;lt;b&amp;gt;Bold&amp;lt;/b&amp;gt; &amp;amp; co</title><link>https://a.example/o</link></item>`, "Bold & co|o"},
	"tabs and line breaks in title and link": {"<item><title>\n\t\tOpen\t\n\t  now\n</title><link>\n\thttps://a.example/o\n</link></item>", "Open now|o"},

	// sections, comments, declarations
	"CDATA":                       {`<item><title><![CDATA[Open & <b>shut</b>]]></title><link><![CDATA[ https://a.example/o ]]></link></item>`, "Open & shut|o"},
	"CDATA without an end":        {`<item><title><![CDATA[Open</title><link>https://a.example/o</link></item>`, "Open|o"},
	"CDATA between tags":          {`<![CDATA[<item><title>Open</title><![CDATA[<link><![CDATA[https://a.example/o</link></item>`, "Open|o"},
	"CDATA within the end tag":    {`<item><link>https://a.example/o</link><title>Open<<![CDATA[/title></item>`, "Open</title|o"},
	"CDATA within CDATA":          {`<item><title><![CDATA[Open <![CDATA[now]]> ]]></title><link>https://a.example/o</link></item>`, "Open now|o"},
	"CDATA in small letters":      {`<item><title><![cdata[Open]]></title><link>https://a.example/o</link></item>`, "Open|o"},
	"CDATA whose end is escaped":  {`<item><title><![CDATA[Open]]&gt;</title><link>https://a.example/o</link></item>`, "Open|o"},
	"CDATA without a bracket":     {`<item><title><![CDATA[Open]></title><link>https://a.example/o</link></item>`, "Open|o"},
	"comments":                    {`<!-- <item><title>No</title></item> --><item><!-- x --><title>Op<!-- y -->en</title><link>https://a.example/o</link></item>`, "Open|o"},
	"a comment with hyphens":      {`<!-- a -- b --- c --><item><title>Open</title><link>https://a.example/o</link></item>`, "Open|o"},
	"instructions":                {`<?php echo 1 ?><item><title>Open</title><?x y?><link>https://a.example/o</link></item>`, "Open|o"},
	"a declaration in the middle": {`<?xml version="1.0"?><item><title>Open</title><link>https://a.example/o</link></item>`, "Open|o"},

	// namespaces
	"namespaces that nobody declared": {`<item><dc:title>Open</dc:title><atom:link href="https://a.example/o"/><media:content url="x"/></item>`, "Open|o"},
	"another prefix for a namespace":  {`<item xmlns:q="http://purl.org/dc/elements/1.1/" xmlns:a10="http://www.w3.org/2005/Atom"><q:title>Open</q:title><a10:link href="https://a.example/o"/></item>`, "Open|o"},
	"a namespace of one's own":        {`<item xmlns="http://nobody.example/ns"><title>Open</title><link>https://a.example/o</link></item>`, "Open|o"},
	"a namespace in capitals":         {`<item xmlns:q="HTTP://PURL.ORG/DC/ELEMENTS/1.1"><q:title>Open</q:title><link>https://a.example/o</link></item>`, "Open|o"},
}

// TestBroken reads feeds with one thing wrong in each. The story before and the one
// after are whole.
func TestBroken(t *testing.T) {
	for name, c := range broken {
		t.Run(name, func(t *testing.T) {
			for where, in := range map[string]string{
				"between": channel(whole("1") + c.in + whole("2")), "first": channel(c.in + whole("2")),
			} {
				f, err := Parse([]byte(in), Options{})
				if err != nil {
					t.Fatal(where, err)
				}
				got := "\n" + brief(f.Stories)
				want := c.want
				if where == "between" {
					want = "Story 1|1\n" + want
				}
				want = "\n" + want + "\nStory 2|2"
				if got != want {
					t.Errorf("%s: got%s\nwant%s", where, got, want)
				}
			}
		})
	}
}

// TestBrokenEntry: one slip in an entry of Atom costs no other field.
func TestBrokenEntry(t *testing.T) {
	const entry = `<entry><id>n</id><title>Story 1</title><author><name>Ann</name><uri>u</uri></author><published>2026-11-23T08:15:00Z</published>` +
		`<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">It is so.</div></content><category term="sea"/><link href="https://a.example/1"/></entry>`
	for _, slip := range []struct{ from, to string }{
		{"", ""}, {"</id>", ""}, {"</id>", "</title>"}, {"</author>", ""}, {"</name>", ""}, {"</author>", "</feed>"}, {"<uri>", "<uri"}, {"</title>", ""}, {"</title>", "</feed>"}, {"</title>", "</summary>"}, {"</content>", ""}, {"</content>", "</author>"}, {"</content>", "</content >"}, {"</entry>", "</entry\n>"},
	} {
		in := `<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>` + strings.Replace(entry, slip.from, slip.to, 1) +
			`<entry><id>m</id><title>Story 2</title><link href="https://a.example/2"/></entry></feed>`
		f, err := Parse([]byte(in), Options{})
		if err != nil || brief(f.Stories) != "Story 1|1\nStory 2|2" {
			t.Errorf("%v: %s %v", slip, brief(f.Stories), err)
			continue
		}
		if s := f.Stories[0]; s.Published.Format(time.RFC3339) != "2026-11-23T08:15:00Z" || !strings.HasPrefix(s.Teaser, "It is so.") || strings.Join(s.Authors, ", ") != "Ann" || s.GUID != "n" {
			t.Errorf("%v: %+v", slip, s)
		}
	}
}

// TestSurroundings reads a feed whose inside is whole, and what is around it not.
func TestSurroundings(t *testing.T) {
	feed := channel(whole("1") + whole("2"))
	atom := `<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><title>Story 1</title><link href="https://a.example/1"/></entry><entry><title>Story 2</title><link href="https://a.example/2"/></entry></feed>`
	laughs := `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">` +
		strings.Repeat(`<!ENTITY lol2 "&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;">`, 8) + `]>`
	for name, in := range map[string]string{
		"blank lines before the declaration": "\n\n  \t<?xml version=\"1.0\"?>" + feed,
		"text before the declaration":        "Content-Type: text/xml\n\n<?xml version=\"1.0\"?>" + feed,
		"a server's warning before it":       "<br />\n<b>Warning</b>: mysql_connect(): Too many connections in <b>/x.php</b> on line <b>7</b><br />\n<?xml version=\"1.0\"?>" + feed,
		"a comment before it":                "<!-- cached --><?xml version=\"1.0\"?>" + feed,
		"two declarations":                   "<?xml version=\"1.0\"?><?xml version=\"1.0\" encoding=\"utf-8\"?>" + feed,
		"a mark in the middle":               "<?xml version=\"1.0\"?>\uFEFF" + feed,
		"XML 1.1":                            "<?xml version=\"1.1\" encoding=\"utf-8\"?>\u0085" + feed,
		"XML 1.1's line ends":                "<?xml version=\"1.1\"?>" + strings.ReplaceAll(feed, "Story 1", "Story\u00851"),
		"a declaration without its end":      "<?xml version=\"1.0\" encoding=\"utf-8\">\n" + feed,
		"a style sheet":                      `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="/x.xsl"?>` + feed,
		"Netscape's doctype":                 `<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">` + feed,
		"a doctype with entities":            `<!DOCTYPE rss [<!ENTITY % HTMLlat1 PUBLIC "-//W3C//ENTITIES Latin 1 for XHTML//EN" "x.ent"> <!ENTITY pub "Y">]>` + feed,
		"an entity from a file":              `<!DOCTYPE rss [<!ENTITY pass SYSTEM "file:///etc/passwd">]>` + strings.Replace(feed, "Story 1", "Story 1&pass;", 1),
		"a billion laughs":                   laughs + strings.Replace(feed, "Story 1", "Story 1&lol2;", 1),
		"junk after the end":                 feed + "\n<!-- 0.2 s --><script>alert(1)</script></div></body></html>",
		"a page's end after the end":         feed + "</p><p>Powered by",
		"Atom with a prefix":                 strings.NewReplacer("<feed xmlns=", "<a:feed xmlns:a=", "</feed", "</a:feed", "<entry", "<a:entry", "</entry", "</a:entry", "<title", "<a:title", "</title", "</a:title", "<link", "<a:link").Replace(atom),
		"Atom without its namespace":         strings.Replace(atom, ` xmlns="http://www.w3.org/2005/Atom"`, "", 1),
		"Atom of a namespace that is wrong":  strings.Replace(atom, "2005/Atom", "2005/atom/", 1),
		"Atom of 0.3 by its namespace":       strings.Replace(atom, "http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", 1),
		"a channel without rss":              strings.TrimSuffix(strings.TrimPrefix(feed, `<rss version="2.0">`), "</rss>"),
		"RSS with a prefix":                  strings.NewReplacer("<rss ", `<r:rss xmlns:r="http://backend.userland.com/rss2" `, "</rss", "</r:rss", "<item", "<r:item", "</item", "</r:item").Replace(feed),
		"RDF, 0.90": `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>t</title><link>https://a.example/</link></channel>` +
			whole("1") + whole("2") + `</rdf:RDF>`,
		"junk around the channel":          strings.Replace(feed, "<channel>", "<junk><channel>", 1),
		"a channel that begins twice":      strings.Replace(feed, "</channel>", "<channel>", 1),
		"a page around it":                 "<!DOCTYPE html><html><head><title>x</title></head><body><pre>" + feed + "</pre></body></html>",
		"a page's doctype":                 "<!doctype html>\n" + feed,
		"Atom within a page":               "<html><body><channel>TV</channel><item/>" + atom + "</body></html>",
		"RDF without a declared namespace": `<RDF><channel><title>t</title></channel>` + whole("1") + whole("2") + `</RDF>`,
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Parse([]byte(in), Options{})
			if err != nil {
				t.Fatal(err)
			}
			got := brief(f.Stories)
			got = strings.ReplaceAll(strings.ReplaceAll(got, "&pass;", ""), "&lol2;", "")
			if got != "Story 1|1\nStory 2|2" || f.Title != "t" {
				t.Errorf("%q: %s", f.Title, got)
			}
		})
	}
}

// TestWithoutARoot reads items, or one entry of Atom, that nothing stands around.
func TestWithoutARoot(t *testing.T) {
	for in, want := range map[string]string{
		whole("1") + whole("2"): "Story 1|1\nStory 2|2",
		"<?xml version=\"1.0\"?>\n" + whole("1") + "\n<p>between</p></item>" + whole("2") + "</channel></rss>":                  "Story 1|1\nStory 2|2",
		`<entry xmlns="http://www.w3.org/2005/Atom"><title>Story 1</title><link href="https://a.example/1"/><id>x</id></entry>`: "Story 1|1",
	} {
		f, err := Parse([]byte(in), Options{})
		if got := brief(f.Stories); err != nil || got != want || len(f.Warnings) > 0 {
			t.Errorf("%s: %s %v %q, want %s", in, got, err, f.Warnings, want)
		}
	}
}

// TestAuthorWithoutName: an author of Atom, written as RSS's.
func TestAuthorWithoutName(t *testing.T) {
	f, err := Parse([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>x</title><author>Ann &amp; Bee</author></entry></feed>`), Options{})
	if err != nil || len(f.Stories) != 1 || strings.Join(f.Stories[0].Authors, "|") != "Ann & Bee" {
		t.Error(f, err)
	}
}

// TestPictureAddress: the address of a picture whose second quote was forgotten ends
// where the next attribute begins; it may stand between the tags, or in an attribute where
// it is meant to, and its type may say nothing.
func TestPictureAddress(t *testing.T) {
	for in, want := range map[string]string{
		`<enclosure url="https://a.example/p.jpg type="image/jpeg" length="5"/>`:                         "https://a.example/p.jpg",
		`<enclosure type='image/jpeg url='https://a.example/p.jpg'/>`:                                    "https://a.example/p.jpg",
		`<media:thumbnail width=400 url="https://a.example/p.jpg?a=1&amp;b=" />`:                         "https://a.example/p.jpg?a=1&b=",
		`<media:thumbnail>https://a.example/p.jpg</media:thumbnail>`:                                     "https://a.example/p.jpg",
		`<media:content url="https://a.example/p q=.jpg" type="image/jpeg"/>`:                            "https://a.example/p%20q=.jpg",
		`<enclosure url="https://a.example/p.jpg&#10;?v=" type="image/jpeg" length=5/>`:                  "https://a.example/p.jpg?v=",
		`<media:content medium="image"><media:thumbnail url="https://a.example/p.jpg"/></media:content>`: "https://a.example/p.jpg",
		`<enclosure url=“https://a.example/p.jpg” type=“image/jpeg”/>`:                                   "https://a.example/p.jpg",
		`<media:content url="https://a.example/p/123?w=800" width="800"/>`:                               "https://a.example/p/123?w=800",
		`<image url="https://a.example/p.jpg"/>`:                                                         "https://a.example/p.jpg",
		`<image href="https://a.example/p.jpg" width="9"></image>`:                                       "https://a.example/p.jpg",
		`<img src="https://a.example/p.jpg" alt="x"/>`:                                                   "https://a.example/p.jpg",
		`<thumbnail url="https://a.example/p.jpg"/>`:                                                     "https://a.example/p.jpg",
		`<imageURL>https://a.example/p.jpg</imageURL>`:                                                   "https://a.example/p.jpg",
		`<featured_image>https://a.example/p.jpg</featured_image>`:                                       "https://a.example/p.jpg",
		`<picture><url>https://a.example/p.jpg</url></picture>`:                                          "https://a.example/p.jpg",
		`<itunes:image>https://a.example/p.jpg</itunes:image>`:                                           "https://a.example/p.jpg",
		`<googleplay:image href="https://a.example/p.jpg"/>`:                                             "https://a.example/p.jpg",
		`<enclosure url="https://a.example/p.jpg" type="application/octet-stream"/>`:                     "https://a.example/p.jpg",
		`<enclosure url="https://a.example/p.jpg" type="image"/>`:                                        "https://a.example/p.jpg",
		`<enclosure url="https://a.example/p.avif" length="1"/>`:                                         "https://a.example/p.avif",
	} {
		f, err := Parse([]byte(item(`<title>x</title>`+in)), Options{})
		if err != nil || len(f.Stories) != 1 || f.Stories[0].Image == nil || f.Stories[0].Image.URL != want {
			t.Errorf("%s: %+v %v, want %s", in, f.Stories, err, want)
		}
	}
}
