package feed

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/broadsheet-news/broadsheet/digest/prose"
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
	zone := homeZone(lang)
	first := func(texts ...string) time.Time {
		for _, t := range texts {
			if at, ok := parseDate(t, zone); ok {
				return at
			}
		}
		return time.Time{}
	}
	atomDate := func(local string) string { return ext(r, "atom", local) }
	switch {
	case r.rss != nil:
		published = first(r.rss.PubDate, atomDate("published"), ext(r, "dcterms", "issued"), ext(r, "dc", "date"),
			ext(r, "dcterms", "created"), atomDate("issued"), r.Custom["date"], r.Custom["lastmod"], atomDate("updated"))
		updated = first(atomDate("updated"), ext(r, "dcterms", "modified"), atomDate("modified"))
	default:
		published = first(r.Published, ext(r, "dc", "date"), ext(r, "dcterms", "issued"), r.Updated)
		updated = first(r.Updated, ext(r, "dcterms", "modified"))
	}
	return published, updated
}

// parseDate reads a date in any habit seen in feeds, and says no where it cannot be
// known: a month without a day, 03/04/2005, a zone nobody knows. A time without a
// zone is in the zone given.
func parseDate(text string, zoneless *time.Location) (time.Time, bool) {
	text = strings.TrimSpace(prose.Squeeze(text))
	if text == "" || len(text) > 100 {
		return time.Time{}, false
	}
	d, ok := numericDate(text)
	if !ok {
		d, ok = wordyDate(text)
	}
	if !ok {
		return time.Time{}, false
	}
	return d.time(zoneless)
}

// moment is a date as it is written.
type moment struct {
	year, month, day     int
	hour, minute, second int
	zone                 *time.Location // nil: none is given
}

// time checks a moment and makes it an instant in UTC.
func (d moment) time(zoneless *time.Location) (time.Time, bool) {
	if d.year < firstYear || d.year > lastYear || d.month < 1 || d.month > 12 || d.day < 1 ||
		d.hour < 0 || d.hour > 23 || d.minute < 0 || d.minute > 59 || d.second < 0 || d.second > 60 {
		return time.Time{}, false
	}
	if d.second == 60 {
		d.second = 59 // a leap second, RFC 3339 5.6
	}
	zone := d.zone
	if zone == nil {
		zone = zoneless
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.second, 0, zone)
	if t.Day() != d.day {
		return time.Time{}, false // the 31st of June
	}
	return t.UTC(), true
}

var (
	// 2003-12-31, 2003/12/31, 2003.12.31, with what follows
	yearFirst = regexp.MustCompile(`^(\d{4})([-/.])(\d{1,2})([-/.])(\d{1,2})(?:\s*[Tt]\s*|[\s,]+|$)(.*)$`)
	// 20031231T101455Z
	compact = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?:[Tt ]?(\d{2})(\d{2})(\d{2})(?:[.,]\d+)?\s*(.*))?$`)
	// 2004년 05월 28일, 2004年5月28日
	eastern = regexp.MustCompile(`^(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일](.*)$`)
	// 31.12.2003, 31/12/2003
	dayFirst = regexp.MustCompile(`^(\d{1,2})([-/.])(\d{1,2})([-/.])(\d{4})(?:[\s,]+|$)(.*)$`)
	// 2004-július-13T9:15-05:00
	monthWord = regexp.MustCompile(`^(\d{4})-(\p{L}+)\.?-(\d{1,2})(?:[Tt\s]+(.*))?$`)
)

// numericDate reads dates that are all figures, ISO 8601 and RFC 3339 among them.
func numericDate(s string) (d moment, ok bool) {
	rest := ""
	switch {
	case match(yearFirst, s, func(m []string) bool {
		d.year, d.month, d.day, rest = number(m[1]), number(m[3]), number(m[5]), m[6]
		return m[2] == m[4]
	}):
	case match(eastern, s, func(m []string) bool {
		d.year, d.month, d.day, rest = number(m[1]), number(m[2]), number(m[3]), m[4]
		if strings.Contains(s, "년") {
			d.zone = fixed(9 * 60) // Korea has the one zone
		}
		return true
	}):
	case match(dayFirst, s, func(m []string) bool {
		d.day, d.month, d.year, rest = number(m[1]), number(m[3]), number(m[5]), m[6]
		if m[2] == "." {
			return m[4] == "." // nobody writes months first with dots
		}
		if d.day <= 12 && d.month > 12 {
			d.day, d.month = d.month, d.day
		} else if d.day <= 12 && d.day != d.month {
			return false // 03/04/2005 is March or April
		}
		return m[2] == m[4]
	}):
	case match(monthWord, s, func(m []string) bool {
		d.year, d.month, d.day, rest = number(m[1]), months[fold(m[2])], number(m[3]), m[4]
		return d.month > 0
	}):
	case match(compact, s, func(m []string) bool {
		d.year, d.month, d.day = number(m[1]), number(m[2]), number(m[3])
		if m[4] != "" {
			rest = m[4] + ":" + m[5] + ":" + m[6] + " " + m[7]
		}
		return true
	}):
	default:
		return d, false
	}
	return d, d.clock(rest)
}

func match(re *regexp.Regexp, s string, take func([]string) bool) bool {
	m := re.FindStringSubmatch(s)
	return m != nil && take(m)
}

var (
	clockTime = regexp.MustCompile(`^(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?(?:[.,]\d{1,9})?$`)
	clockTail = regexp.MustCompile(`^(\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.,]\d{1,9})?)\s*([AaPp]\.?[Mm]\.?)?\s*(.*)$`)
)

// clock reads what follows a date: a time and a zone, or nothing.
func (d *moment) clock(s string) bool {
	if s = strings.TrimSpace(s); s == "" {
		return true
	}
	m := clockTail.FindStringSubmatch(s)
	if m == nil || !d.setClock(m[1], m[2]) {
		return false
	}
	if m[3] == "" {
		return true
	}
	zone, ok := d.readZone(m[3])
	d.zone = zone
	return ok
}

// setClock takes a time of day, with its "pm" if it has one.
func (d *moment) setClock(text, half string) bool {
	m := clockTime.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	d.hour, d.minute, d.second = number(m[1]), number(m[2]), number(m[3])
	switch half = strings.ToLower(strings.ReplaceAll(half, ".", "")); {
	case half == "":
	case d.hour < 1 || d.hour > 12:
		return d.hour <= 23 // "14:30 PM" is said often enough
	case half == "pm" && d.hour < 12:
		d.hour += 12
	case half == "am" && d.hour == 12:
		d.hour = 0
	}
	return true
}

// brackets hold a zone's name beside its offset: "-0800 (PST)".
var brackets = regexp.MustCompile(`\([^)]*\)`)

// wordyDate reads dates with a month's name in them: RFC 822 and 5322, asctime, and
// what people write. Each word must have a meaning; one that has none could be the
// one that matters.
func wordyDate(s string) (d moment, ok bool) {
	words := strings.FieldsFunc(brackets.ReplaceAllString(s, " "), func(r rune) bool {
		return r == ',' || unicode.IsSpace(r)
	})
	words = splitDashes(words)
	var (
		figures []string
		hadTime bool
		zones   []string
	)
	for i, word := range words {
		half := ""
		if i+1 < len(words) && isHalf(words[i+1]) {
			half = words[i+1]
		}
		switch lower := fold(word); {
		case clockTime.MatchString(word) && strings.ContainsAny(word, ":h") && !hadTime:
			if hadTime = d.setClock(word, half); !hadTime {
				return d, false
			}
		case isHalf(word) && hadTime:
		case hadTime && isOffset(word):
			zones = append(zones, word)
		case ordinal(word) != "":
			figures = append(figures, ordinal(word))
		case months[lower] > 0 && d.month == 0:
			d.month = months[lower]
		case hadTime && isZone(lower):
			zones = append(zones, word)
		case i == 0 && isWord(word), filler[lower], weekdays[lower]:
		case hadTime:
			zones = append(zones, word)
		default:
			return d, false
		}
	}
	if d.month == 0 || !d.setFigures(figures) {
		return d, false
	}
	if len(zones) == 0 {
		return d, true
	}
	d.zone, ok = d.readZone(strings.Join(zones, " "))
	return d, ok
}

// splitDashes takes "26-Jan-2004" apart.
func splitDashes(words []string) []string {
	var out []string
	for _, w := range words {
		parts := strings.Split(w, "-")
		if len(parts) == 3 && months[fold(parts[1])] > 0 && ordinal(parts[0]) != "" && ordinal(parts[2]) != "" {
			out = append(out, parts...)
			continue
		}
		out = append(out, w)
	}
	return out
}

// setFigures tells the day from the year: the year has four figures, or it comes
// second and has two (RFC 822; RFC 5322 4.3 says which century).
func (d *moment) setFigures(figures []string) bool {
	if len(figures) != 2 {
		return false
	}
	day, year := figures[0], figures[1]
	if len(day) == 4 {
		day, year = year, day
	}
	if len(day) > 2 || (len(year) != 4 && len(year) != 2) {
		return false
	}
	d.day, d.year = number(day), number(year)
	if len(year) == 2 {
		if d.year += 1900; d.year < 1950 {
			d.year += 100
		}
	}
	return true
}

var ordinalEnd = regexp.MustCompile(`^(\d{1,4})(?:st|nd|rd|th|er|\.|º|ª)?$`)

// ordinal gives the figures of "26", "26th", "26.", or nothing.
func ordinal(word string) string {
	if m := ordinalEnd.FindStringSubmatch(strings.ToLower(word)); m != nil {
		return m[1]
	}
	return ""
}

func isHalf(word string) bool {
	switch strings.ToLower(strings.ReplaceAll(word, ".", "")) {
	case "am", "pm":
		return true
	}
	return false
}

func isWord(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '.' {
			return false
		}
	}
	return s != ""
}

// fold makes words comparable: lower case, no final dot.
func fold(word string) string { return strings.TrimSuffix(strings.ToLower(word), ".") }

func number(figures string) int {
	n, err := strconv.Atoi(figures)
	if err != nil {
		return 0
	}
	return n
}
