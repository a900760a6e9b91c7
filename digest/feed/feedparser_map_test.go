package feed

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode/utf32"

	"github.com/broadsheet-news/broadsheet/digest"
)

// check says whether an assertion of theirs holds of a feed as it is read here.
type check func(theirFeed) bool

// meaning maps an assertion to what it means here, or gives the reason why it means
// nothing. Text is compared as text, since titles and teasers are plain here and HTML
// is sanitised by other rules.
func (a assertion) meaning() (field string, c check, reason string) {
	if a.field == "RAW" {
		return a.code()
	}
	for _, m := range meanings {
		if found := m.field.FindStringSubmatch(a.field); found != nil {
			n := 0
			if len(found) > 1 {
				n, _ = strconv.Atoi(found[1])
			}
			if c := m.check(a, n); c != nil {
				return m.name, c, ""
			}
		}
	}
	for _, r := range reasons {
		if r.field.MatchString(a.field) {
			return "", nil, r.why
		}
	}
	return "", nil, ""
}

type meaning struct {
	name  string
	field *regexp.Regexp
	check func(a assertion, n int) check
}

// ofStory checks one story of the feed by its number.
func ofStory(holds func(a assertion, want string, s digest.Story) bool) func(assertion, int) check {
	return func(a assertion, n int) check {
		return func(f theirFeed) bool {
			return n < len(f.Stories) && holds(a, a.text(), f.Stories[n])
		}
	}
}

// ofFeed checks the feed itself.
func ofFeed(holds func(want string, f theirFeed) bool) func(assertion, int) check {
	return func(a assertion, _ int) check {
		return func(f theirFeed) bool { return holds(a.text(), f) }
	}
}

// text is the expected value where it is a string.
func (a assertion) text() string {
	var s string
	_ = json.Unmarshal([]byte(a.value), &s) // of another type: empty
	return s
}

// reference is a link or a person as the suite writes it.
type reference struct{ Rel, Type, Href, Name, Email string }

func (a assertion) reference() (r reference) {
	_ = json.Unmarshal([]byte(a.value), &r) // of another type: empty
	return r
}

const entry = `^entries\[(\d+)\]\.`

var meanings = []meaning{
	{"whole: no alarm", regexp.MustCompile(`^bozo$`), func(a assertion, _ int) check {
		if a.value != "false" {
			return nil
		}
		return func(f theirFeed) bool { return f.err == nil && len(f.Warnings) == 0 }
	}},
	{"broken: still read", regexp.MustCompile(`^bozo$`), ofFeed(func(_ string, f theirFeed) bool { return f.err == nil })},
	{"encoding", regexp.MustCompile(`^encoding$`), ofFeed(sameEncoding)},
	{"title", regexp.MustCompile(entry + `(?:title|title_detail\.value)$`), ofStory(func(_ assertion, want string, s digest.Story) bool {
		return sameTitle(want, s.Title)
	})},
	{"summary", regexp.MustCompile(entry + `(?:description|summary|summary_detail\.value|subtitle)$`), ofStory(func(_ assertion, want string, s digest.Story) bool {
		return sameText(want, s.Teaser, s.HTML)
	})},
	{"content", regexp.MustCompile(entry + `content\[0\]\.value$`), ofStory(func(_ assertion, want string, s digest.Story) bool {
		return sameText(want, s.Teaser, s.HTML)
	})},
	{"link", regexp.MustCompile(entry + `(?:link|links\[0\]\.href)$`), func(a assertion, n int) check {
		if strings.Contains(a.file, "rel_license") {
			return ofStory(func(_ assertion, want string, s digest.Story) bool { return s.URL != want })(a, n) // no page of the story
		}
		return ofStory(func(_ assertion, want string, s digest.Story) bool { return s.URL == want })(a, n)
	}},
	{"link", regexp.MustCompile(entry + `links\[\d+\]$`), ofStory(func(a assertion, _ string, s digest.Story) bool {
		r := a.reference()
		return (r.Rel == "alternate") == (s.URL == r.Href)
	})},
	{"link", regexp.MustCompile(entry + `source\.(?:link|links\[0\]\.href)$`), ofStory(func(_ assertion, want string, s digest.Story) bool {
		return s.URL != want // the source's link is not the story's
	})},
	{"title", regexp.MustCompile(entry + `source\.(?:title|title_detail\.value)$`), ofStory(func(_ assertion, want string, s digest.Story) bool {
		return !sameTitle(want, s.Title) // the source's title is not the story's
	})},
	{"id", regexp.MustCompile(entry + `id$`), ofStory(func(_ assertion, want string, s digest.Story) bool { return s.GUID == want })},
	{"author", regexp.MustCompile(entry + `(?:author|author_detail\.name|authors\[\d+\]\.name|source\.author_detail\.name)$`), ofStory(func(_ assertion, want string, s digest.Story) bool {
		return contains(s.Authors, personName(want))
	})},
	{"no byline", regexp.MustCompile(entry + `(?:author_detail\.email|contributors\[\d+\]\.(?:email|name)|publisher|publisher_detail\.email)$`), ofStory(func(_ assertion, want string, s digest.Story) bool {
		return !strings.Contains(strings.Join(s.Authors, "\n"), want)
	})},
	{"no byline", regexp.MustCompile(entry + `(?:source\.)?contributors\[\d+\]$`), ofStory(func(a assertion, _ string, s digest.Story) bool {
		return !contains(s.Authors, a.reference().Name)
	})},
	{"date", regexp.MustCompile(entry + `(?:published|updated|created)_parsed$`), ofStory(func(a assertion, _ string, s digest.Story) bool {
		want, ok := pythonTime(a.value)
		return ok && (want.Equal(s.Published) || want.Equal(s.Updated))
	})},
	{"date", regexp.MustCompile(entry + `(?:published|updated|created)$`), ofStory(func(_ assertion, want string, s digest.Story) bool {
		at, err := time.Parse(time.RFC3339, want)
		if err != nil {
			at, err = time.Parse(time.RFC1123, want)
		}
		return err == nil && (at.Equal(s.Published) || at.Equal(s.Updated))
	})},
	{"language", regexp.MustCompile(entry + `(?:language|(?:content\[0\]|summary_detail|title_detail)\.language)$`), ofStory(func(_ assertion, want string, s digest.Story) bool {
		return strings.EqualFold(s.Language, want)
	})},
	{"topic", regexp.MustCompile(entry + `tags\[\d+\]\.term$`), ofStory(func(_ assertion, want string, s digest.Story) bool { return contains(s.Topics, want) })},
	{"picture", regexp.MustCompile(entry + `image\.href$`), ofStory(func(_ assertion, want string, s digest.Story) bool {
		return s.Image != nil && s.Image.URL == want
	})},
	{"picture", regexp.MustCompile(entry + `enclosures\[\d+\]$`), ofStory(func(a assertion, _ string, s digest.Story) bool {
		// The first picture leads; a second one only where the first is none.
		return (s.Image != nil) == strings.HasPrefix(a.reference().Type, "image/")
	})},
	{"feed title", regexp.MustCompile(`^feed\.(?:title|title_detail\.value)$`), ofFeed(func(want string, f theirFeed) bool { return sameTitle(want, f.Title) })},
	{"feed link", regexp.MustCompile(`^feed\.(?:link|links\[0\]\.href)$`), ofFeed(func(want string, f theirFeed) bool { return sameAddress(f.URL, want) })},
	{"feed link", regexp.MustCompile(`^feed\.(?:image|textinput)\.link$`), ofFeed(func(want string, f theirFeed) bool { return f.URL != want })},
	{"feed language", regexp.MustCompile(`^feed\.language$`), ofFeed(func(want string, f theirFeed) bool { return strings.EqualFold(f.Language, want) })},
}

// reasons say of each field that is not checked why it means nothing here.
var reasons = []struct {
	field *regexp.Regexp
	why   string
}{
	{regexp.MustCompile(`^version$`), "which format it is: all give the same stories, and nobody asks"},
	{regexp.MustCompile(`^feed\.(?:tagline|subtitle|info|description)(?:_detail.*)?$`), "a feed's own description: a digest shows stories, and names their source as the newsroom does"},
	{regexp.MustCompile(`^feed\.(?:copyright|rights)|` + entry + `(?:copyright|rights|license)|source\.rights`), "a licence or copyright line: not shown in a digest"},
	{regexp.MustCompile(`^feed\.(?:author|contributors|publisher)`), "the feed's own people, in a file without a story that they could stand for"},
	{regexp.MustCompile(`^feed\.(?:updated|published|validity)`), "when the feed itself was changed or is valid: the stories' dates count"},
	{regexp.MustCompile(`^feed\.(?:id|guid)$`), "the feed's own identifier: a source is named in the configuration"},
	{regexp.MustCompile(`^feed\.(?:tags|itunes|image)`), "the feed's own topics, logo and podcast marks: a digest shows stories"},
	{regexp.MustCompile(`^feed\.(?:generator|docs|ttl|cloud|newlocation|textinput|thr_)`), "for programs (generator, cloud, text input, threads): not about stories"},
	{regexp.MustCompile(`_detail\.(?:type|base)$|content\[0\]\.(?:type|base|src)$`), "how a text was packed (type, base, src): it is unpacked, its links made absolute, and the packing forgotten"},
	{regexp.MustCompile(`\.(?:links\[\d+\](?:\.\w+)?|enclosures\[0\]\.length|tags\[\d+\]\.(?:scheme|label|term))$`), "a link's or topic's attributes (rel, type, title, hreflang, length, scheme), and links beside the first: not kept"},
	{regexp.MustCompile(`\.url$|_detail\.email$|authors\[\d+\]\.email$`), "a person's page or address: a byline is a name"},
	{regexp.MustCompile(`\.source\.`), "what else is said of the feed that an entry was taken from: not kept"},
	{regexp.MustCompile(`\.where\.`), "a place on the map: not kept"},
	{regexp.MustCompile(`\.(?:itunes_|psc_|media_)`), "of a film or podcast (block, explicit, duration, chapters, rating, player, credits without a picture): a digest shows a picture"},
	{regexp.MustCompile(`\.(?:comments|wfw_comment|madeup_element)$`), "comments, and elements that the suite made up: not kept"},
	{regexp.MustCompile(`^feed\.\w+_detail\.language$`), "the language of the feed's own description"},
}

var (
	codeEqual   = regexp.MustCompile(`^(entries\[\d+\]|feed)\['(\w+)'\](?:\[(\d+)\]\['(\w+)'\])?(?: == (entries\[\d+\])\['\w+'\](?:\[\d+\]\['\w+'\])?)? == (.+)$`)
	codeSafe    = regexp.MustCompile(`(?i)itunes|psc_chapters|bozo_exception|etag|info_detail|feed\['(?:copyright|info|tagline)'\]`)
	codeString  = regexp.MustCompile(`'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"`)
	codeNewline = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\'`, `'`, `\"`, `"`, `\\`, `\`)
)

// code maps the assertions that the suite gives as Python.
func (a assertion) code() (field string, c check, reason string) {
	code := a.text()
	story := func(holds func(digest.Story) bool) check {
		return func(f theirFeed) bool { return len(f.Stories) > 0 && holds(f.Stories[0]) }
	}
	switch {
	case strings.Contains(a.file, "_crazy") && strings.HasPrefix(code, "entries"):
		// Theirs leaves pieces of the script as text. Here it goes whole, and what is shown stays.
		return "no script", story(func(s digest.Story) bool {
			all := s.Title + s.Teaser + s.HTML
			return strings.Contains(all, "I will execute here, too") && !strings.Contains(all, "executeMe") && !strings.Contains(all, "alert(")
		}), ""
	case strings.Contains(a.file, "feed_title_crazy"):
		return "no script", func(f theirFeed) bool {
			return strings.Contains(f.Title, "I will execute here, too") && !strings.Contains(f.Title, "executeMe") && !strings.Contains(f.Title, "alert(")
		}, ""
	case codeSafe.MatchString(code):
		return "", nil, "Python's own (exceptions, HTTP, podcasts' marks), or of a field above that means nothing here"
	case code == "1":
		return "broken: still read", func(f theirFeed) bool { return f.err == nil }, ""
	case code == "ord(entries[0]['description']) == 8230":
		return "summary", story(func(s digest.Story) bool { return s.Teaser == "…" }), ""
	case code == "len(feed['tags']) == 1":
		return "", nil, "the feed's own topics, logo and podcast marks: a digest shows stories"
	case code == "len(entries) == 2":
		return "number of stories", func(f theirFeed) bool { return len(f.Stories) == 2 }, ""
	case code == "len(entries[0].tags) == 2":
		return "topic", story(func(s digest.Story) bool { return len(s.Topics) == 2 }), ""
	case code == "entries[0]['category'] != None":
		return "topic", story(func(s digest.Story) bool { return len(s.Topics) > 0 }), ""
	case code == "not entries[0].has_key('link')":
		return "link", story(func(s digest.Story) bool { return s.URL == "" }), ""
	case code == "entries[0]['guidislink']":
		return "link", story(func(s digest.Story) bool { return s.URL == s.GUID && s.URL != "" }), ""
	case code == "not entries[0]['guidislink']":
		return "link", story(func(s digest.Story) bool { return s.URL != s.GUID && s.URL != "" }), ""
	case code == "len(entries[0]['links']) == 1":
		return "link", story(func(s digest.Story) bool { return s.URL == "http://item.test/" || s.URL == "http://item.TEST/" }), ""
	case code == "len(feed['links']) == 1":
		return "feed link", func(f theirFeed) bool { return f.URL == "http://channel.example.com/" }, ""
	case strings.HasSuffix(code, "['language'] == None"):
		if strings.HasPrefix(code, "feed") {
			return "", nil, "the language of the feed's own title"
		}
		return "language", story(func(s digest.Story) bool { return s.Language == "" }), ""
	case strings.HasPrefix(code, "not bozo and feed['title'] =="):
		return "feed title", func(f theirFeed) bool { return f.Title == "it's correct" }, ""
	}
	return a.equal(code)
}

// equal maps "entries[0]['title'] == entries[1]['title'] == 'a' + 'b'".
func (a assertion) equal(code string) (field string, c check, reason string) {
	m := codeEqual.FindStringSubmatch(code)
	if m == nil {
		return "", nil, ""
	}
	var want strings.Builder
	for _, part := range codeString.FindAllStringSubmatch(m[6], -1) {
		want.WriteString(codeNewline.Replace(part[1] + part[2]))
	}
	value, _ := json.Marshal(want.String()) // a string always has a form
	name := m[2]
	if m[3] != "" {
		name += "[" + m[3] + "]." + m[4]
	}
	one := assertion{a.file, m[1] + "." + name, string(value), a.headers}
	field, first, reason := one.meaning()
	if first == nil || m[5] == "" || m[3] != "" {
		return field, first, reason
	}
	two := one
	two.field = m[5] + "." + name
	_, other, _ := two.meaning()
	return field, func(f theirFeed) bool { return first(f) && other(f) }, ""
}

// sameTitle compares a title with theirs, which may be text or HTML.
func sameTitle(want, ours string) bool {
	return ours == strings.Join(strings.Fields(want), " ") || ours == wordsOf(want)
}

// sameText compares what theirs has as a text with what is shown of it here.
func sameText(html, teaser, ours string) bool {
	words := wordsOf(html)
	return html == teaser || words == teaser || words == wordsOf(ours)
}

// inLine are elements that words go on through.
var inLine = regexp.MustCompile(`^(?:a|abbr|b|code|em|font|i|img|math|mfrac|mi|mn|mo|mrow|msub|msup|small|span|strong|sub|sup|tt|u)$`)

// wordsOf are the words of HTML by a reader of its own, so that no slip of ours excuses
// itself, with a space between any two.
func wordsOf(html string) string {
	var words strings.Builder
	z := xhtml.NewTokenizer(strings.NewReader(html))
	hidden := false
	for {
		switch kind := z.Next(); kind {
		case xhtml.ErrorToken:
			return strings.Join(strings.Fields(words.String()), " ")
		case xhtml.TextToken:
			if !hidden {
				words.WriteString(z.Token().Data)
			}
		case xhtml.StartTagToken, xhtml.EndTagToken, xhtml.SelfClosingTagToken:
			name := z.Token().Data
			if name == "script" || name == "style" {
				hidden = kind == xhtml.StartTagToken
			}
			if !inLine.MatchString(name) {
				words.WriteByte(' ')
			}
		}
	}
}

// sameAddress compares addresses whose host may be in letters or in Punycode.
func sameAddress(ours, want string) bool {
	a, errA := digest.CanonicalURL(ours)
	b, errB := digest.CanonicalURL(want)
	return ours == want || errA == nil && errB == nil && a == b
}

// sameEncoding reports that the bytes are read as the encoding that they name reads
// them. ASCII is read the same by any; where their name does not explain the bytes,
// the letters tell.
func sameEncoding(name string, f theirFeed) bool {
	enc, _ := charset.Lookup(name)
	switch strings.ToLower(name) {
	case "utf-32be":
		enc = utf32.UTF32(utf32.BigEndian, utf32.UseBOM)
	case "utf-32le":
		enc = utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)
	case "us-ascii":
		enc, _ = charset.Lookup("utf-8")
	}
	if enc == nil {
		return false
	}
	want, err := enc.NewDecoder().Bytes(f.data)
	return err == nil && letters(string(want)) == letters(decode(f.data, f.options.ContentType, &warnings{}))
}

// letters leaves out what decoding by different rules may leave out too.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s)
}
