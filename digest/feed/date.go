package feed

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/broadsheet-news/broadsheet/digest/prose"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// Years that a story can date from. What lies outside is a slip or a default
// ("0001-01-01", "1970-01-01" of a zero), not a date.
const (
	firstYear = 1990
	lastYear  = 2100
)

// dates finds when an item was published and when it was changed, each zero where
// the feed does not say.
func dates(r raw, lang string) (published, updated time.Time) {
	first := func(texts ...string) time.Time {
		for _, t := range texts {
			if at, ok := dateIn(t, lang); ok {
				return at
			}
		}
		return time.Time{}
	}
	atomDate := func(local string) string { return ext(r, "atom", local) }
	switch {
	case r.rss != nil:
		published = first(r.rss.PubDate, atomDate("published"), ext(r, "dcterms", "issued"), ext(r, "dc", "date"),
			ext(r, "dcterms", "created"), atomDate("issued"), r.Custom["published"], r.Custom["issued"], r.Custom["created"],
			ext(r, "dcterms", "date"), ext(r, "dcterms", "available"), atomDate("created"),
			r.Custom["date"], r.Custom["publicationdate"], r.Custom["publishdate"], r.Custom["timestamp"], ext(r, "prism", "publicationDate"),
			r.Custom["lastmod"], atomDate("updated"), r.Custom["updated"])
		updated = first(atomDate("updated"), ext(r, "dcterms", "modified"), atomDate("modified"), r.Custom["updated"], r.Custom["modified"])
	default:
		own := r.Published
		if r.atom != nil { // gofeed gives the update where there is none
			own = r.atom.Published
		}
		published = first(own, ext(r, "dc", "date"), ext(r, "dcterms", "issued"), ext(r, "given", "created"),
			ext(r, "dcterms", "created"), ext(r, "dcterms", "date"), ext(r, "dcterms", "available"), r.Published, r.Updated)
		updated = first(r.Updated, ext(r, "dcterms", "modified"))
	}
	return published, updated
}

// parseDate reads a date in any habit seen in feeds, and says no where it cannot be
// known: a month without a day, 03/04/2005, a zone nobody knows. A time without a
// zone is in the zone given.
func parseDate(text string, zoneless *time.Location) (time.Time, bool) {
	return moment{zoneless: zoneless}.read(text)
}

// dateIn reads a date in a feed of that language, which tells what some words mean
// (zones of one abbreviation, Croatian and Polish months), and the zone of a time
// without one where it is spoken in one zone only.
func dateIn(text, lang string) (time.Time, bool) {
	return moment{zoneless: homeZone(lang), lang: lang}.read(text)
}

// moment is a date as it is written.
type moment struct {
	year, month, day     int
	hour, minute, second int
	zone                 *time.Location // nil: none is given
	zoneless             *time.Location // the zone where none is given
	lang                 string         // of the feed, BCP 47; may be empty
	weekday              int            // that stands before figures, 1 is Monday; 0: none
	persian              bool           // it is of Iran's calendar
}

// base is a language without its script and country.
func base(lang string) string {
	name, _, _ := strings.Cut(lang, "-")
	return name
}

func (d moment) read(text string) (time.Time, bool) {
	if len(text) > 400 {
		return time.Time{}, false
	}
	if at, ok := standard(text); ok {
		return at, true
	}
	return d.closely(text)
}

func (d moment) closely(text string) (time.Time, bool) {
	text = prose.Squeeze(goClock.ReplaceAllString(oneHand(text), ""))
	if text == "" || utf8.RuneCountInString(text) > 100 {
		return time.Time{}, false
	}
	if d.lang == "" && strings.ContainsFunc(text, func(r rune) bool { return r >= 0xE00 && r < 0xE80 }) {
		d.lang = "th" // no other language has its letters
	}
	if at, ok := epoch(text); ok {
		return at, true
	}
	text, zone, ok := d.outOfBrackets(text)
	if !ok {
		return time.Time{}, false
	}
	got, ok := d.figures(text)
	if m := ledByWord.FindStringSubmatch(text); !ok && m != nil {
		d.weekday = max(weekdays()[fold(m[1])], 0)
		got, ok = d.figures(m[2])
	}
	if m := ledByClock.FindStringSubmatch(text); !ok && m != nil {
		got, ok = d.figures(m[2] + " " + m[1] + m[3])
	}
	if !ok {
		got, ok = d.words(text)
	}
	if !ok {
		return time.Time{}, false
	}
	if got.zone == nil {
		got.zone = zone
	}
	return got.time()
}

// ledByWord is a date in figures behind a word, mostly its weekday: "Thu, 26/11/2026",
// and "Thứ Năm, 26/11/2026" of two.
var ledByWord = lazyregexp.New(`^(?:(?i:thứ|chủ|יום)\s)?([\p{L}\p{M}.'-]+)[:,]?\s+(\d.*)$`)

// ledByClock is a date in figures behind its time: "08:15 26.11.2026 +0300".
var ledByClock = lazyregexp.New(`^(\d{1,2}:\d{2}(?::\d{2})?)[\s,|-]+(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})(?:$|(\s.*))`)

// buddhist is how many years the calendar of Thailand is ahead. Servers there write it in
// the dates of RFC 822, too.
const buddhist = 543

// nepalAhead is how many years Nepal's calendar is ahead, the months of which are others. Its
// years could be ours: in a feed of Nepal's a late one is not known.
const nepalAhead = 57

// standard reads at once what is written as the standards of feeds say, as most dates are:
// RFC 3339, and RFC 822 with a year of four digits and an offset or GMT. Whatever is
// unusual about one is left to the closer look.
func standard(text string) (time.Time, bool) {
	layout := time.RFC3339
	switch {
	case strings.HasSuffix(text, " GMT"):
		layout = "Mon, 2 Jan 2006 15:04:05 GMT"
	case strings.Contains(text, ", "):
		layout = "Mon, 2 Jan 2006 15:04:05 -0700"
	}
	at, err := time.Parse(layout, text)
	if err != nil {
		return time.Time{}, false
	}
	_, offset := at.Zone()
	at = at.UTC().Truncate(time.Second)
	return at, -12*3600 <= offset && offset <= 14*3600 && at.Year() > firstYear && at.Year() < lastYear
}

// time checks a moment and makes it an instant in UTC.
func (d moment) time() (time.Time, bool) {
	switch lang := base(d.lang); {
	case d.persian:
		day, ok := fromPersian(d.year, d.month, d.day)
		if !ok {
			return time.Time{}, false
		}
		d.year, d.month, d.day, d.persian = day.Year(), int(day.Month()), day.Day(), false
	case lang == "th" && d.year > lastYear:
		d.year -= buddhist
	case lang == "ne" && d.year > lastYear-nepalAhead:
		return time.Time{}, false
	}
	if d.year < firstYear || d.year > lastYear || d.month < 1 || d.month > 12 || d.day < 1 ||
		d.hour < 0 || d.hour > 23 || d.minute < 0 || d.minute > 59 || d.second < 0 || d.second > 60 {
		if d.hour != 24 || d.minute != 0 || d.second != 0 { // midnight at a day's end, ISO 8601
			return time.Time{}, false
		}
		d.hour = 0
		next, ok := d.time()
		return next.AddDate(0, 0, 1), ok
	}
	if d.second == 60 {
		d.second = 59 // a leap second, RFC 3339 5.6
	}
	zone := d.zone
	if zone == nil {
		zone = d.zoneless
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.second, 0, zone)
	if t.Day() != d.day {
		return time.Time{}, false // the 31st of June
	}
	return t.UTC(), true
}

// signs are written in one way: figures and punctuation of every script.
var signs = strings.NewReplacer("،", ",", "：", ":", "，", ",", "（", "(", "）", ")", "／", "/", "．", ".", "－", "-", "‐", "-", "‑", "-",
	"−", "-", "–", "-", "\u200C", "", "\u200E", "", "\u200F", "", "\u202A", "", "\u202B", "", "\u202C", "", "\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")

// zeros begin the figures of the scripts that newspapers write dates in.
const zeros = "٠۰०০੦૦௦౦೦൦๐໐၀០０"

func oneHand(text string) string {
	ascii := true
	for i := 0; i < len(text) && ascii; i++ {
		ascii = text[i] < 0x80
	}
	if ascii {
		return text
	}
	return strings.Map(func(r rune) rune {
		for _, zero := range zeros {
			if r >= zero && r < zero+10 {
				return '0' + r - zero
			}
		}
		return r
	}, signs.Replace(text))
}

var epochForm = lazyregexp.New(`^(\d{9,10})(?:\.\d+)?$|^(\d{12,13})$`)

// epoch reads seconds or milliseconds since 1970. What could be a date in figures as
// well (2026112308) is not known.
func epoch(text string) (time.Time, bool) {
	m := epochForm.FindStringSubmatch(text)
	if m == nil {
		return time.Time{}, false
	}
	n, err := strconv.ParseInt(m[1]+m[2], 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	if text[0] == '2' && len(text) >= 10 {
		if _, err := time.Parse("2006010215", text[:10]); err == nil {
			return time.Time{}, false
		}
	}
	at := time.Unix(n, 0)
	if m[2] != "" {
		at = time.Unix(n/1000, 0)
	}
	at = at.UTC()
	return at, at.Year() >= firstYear && at.Year() <= lastYear
}

// goClock is what Go's own form of a moment has behind it.
var goClock = lazyregexp.New(`\s+m=[+-]\d+\.\d+\s*$`)

var brackets = lazyregexp.New(`\(([^()]*)\)|\[([^\[\]]*)\]`) // Java has a zone in the latter

// outOfBrackets takes what is in brackets out: a zone's name beside its offset, "-0800
// (PST)", or the only word on the zone, or a weekday, "(月)". A word that could be about
// the zone and is not known leaves the date unknown, unless there is an offset.
func (d moment) outOfBrackets(text string) (rest string, zone *time.Location, ok bool) {
	m := brackets.FindStringSubmatch(text)
	if m == nil {
		return text, nil, true
	}
	rest = strings.Join(strings.Fields(brackets.ReplaceAllString(text, " ")), " ")
	inside := strings.TrimSpace(m[1] + m[2])
	if isWeekday(fold(inside)) || utf8.RuneCountInString(inside) == 1 {
		return rest, nil, true
	}
	if zone, ok := d.readZone(inside); ok {
		return rest, zone, true
	}
	return rest, nil, hasOffset.MatchString(rest)
}

var hasOffset = lazyregexp.New(`(?i)(?:[+\-]\d{1,2}(?::?\d{2})?|\b(?:GMT|UTC?|Z))(?:\s+\d{4})?$`)

func number(figures string) int {
	n, err := strconv.Atoi(figures)
	if err != nil {
		return 0
	}
	return n
}
