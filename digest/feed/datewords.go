package feed

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

var (
	thinClock  = lazyregexp.New(`\b(\d{1,2}):(\d{1,2}):(\d{1,2})(\D|$)`)                      // 8:5:9
	spacedHalf = lazyregexp.New(`(?i)\b([ap])\.? ?m\b\.?`)                                    // "a. m."
	gluedHalf  = lazyregexp.New(`(?i)(\d)([ap]m)\b`)                                          // 8:15pm
	bareHour   = lazyregexp.New(`(^|[\s,])(\d{1,2}) ([ap]m)\b`)                               // 8 pm
	frenchHour = lazyregexp.New(`\b(\d{1,2}) ?h(?: ?(\d{2})(?: ?min)?(?: ?(\d{2}) ?s)?)?\b`)  // 8h15, 8 h, 8 h 15 min 9 s
	gluedZone  = lazyregexp.New(`(\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?)([zZ]|[A-Z]{2,4}|[+-]\d)`) // 08:15:00Z, 08:15+0100
)

// spaced writes the times of day in one way, with spaces between their parts.
func spaced(s string) string {
	s = thinClock.ReplaceAllStringFunc(s, func(m string) string {
		p := thinClock.FindStringSubmatch(m)
		two := func(n string) string { return ("0" + n)[len(n)-1:] }
		return two(p[1]) + ":" + two(p[2]) + ":" + two(p[3]) + p[4]
	})
	s = gluedHalf.ReplaceAllString(s, "$1 $2")
	s = spacedHalf.ReplaceAllStringFunc(s, func(m string) string { return strings.ToLower(m[:1]) + "m" })
	s = bareHour.ReplaceAllString(s, "$1$2:00 $3")
	s = frenchHour.ReplaceAllStringFunc(s, func(m string) string {
		part := frenchHour.FindStringSubmatch(m)
		if part[2] == "" {
			part[2] = "00"
		}
		if part[3] != "" {
			part[2] += ":" + part[3]
		}
		return part[1] + ":" + part[2]
	})
	return gluedZone.ReplaceAllString(s, "$1 $2")
}

// Vietnam's months and weekdays are numbers: "tháng 11" and "Th11" is November, "Thứ 5"
// Thursday.
var (
	monthFigure = lazyregexp.New(`(?i)(?:tháng|thg)\s+(?:(\d{1,2})\b|(` + strings.Join(monthNumbers, "|") + `)(?:\s|,|$))|\bTh(\d{1,2})\b`)
	dayFigure   = lazyregexp.New(`(?i)thứ [2-7]\b`)
)

// monthNumbers are those numbers in words. The longer stand first.
var monthNumbers = strings.Split("mười hai|mười một|mười|chín|tám|bảy|sáu|năm|tư|ba|hai|một", "|")

func vietnamese(s string) string {
	return monthFigure.ReplaceAllStringFunc(dayFigure.ReplaceAllString(s, " "), func(t string) string {
		m := monthFigure.FindStringSubmatch(t)
		if m[2] != "" {
			m[1] = strconv.Itoa(len(monthNumbers) - slices.Index(monthNumbers, strings.ToLower(m[2])))
		}
		return m[1] + m[3] + "月 "
	})
}

// words reads dates with a month's name in them: RFC 822 and 5322, asctime, and what
// people write. Each word must have a meaning; one that has none could be the one that
// matters.
func (d moment) words(s string) (moment, bool) {
	s = vietnamese(twoWords.Replace(spaced(s)))
	list := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	var (
		figures, zones []string
		clock, half    string
	)
	list = splitDashes(list, d.lang)
	if len(list) > 0 {
		d.weekday = max(d.weekday, weekdays()[fold(list[0])])
	}
	for i, word := range list {
		switch lower := fold(word); {
		case clockTime.MatchString(word) && clock == "" && (strings.Contains(word, ":") || len(figures) == 2):
			clock = word
		case lower == "am" && base(d.lang) == "cy": // it is "at" in Welsh
		case halfOf(word) != "" && half == "" && (i > 0 && list[i-1] == clock || i+1 < len(list) && clockTime.MatchString(list[i+1])):
			half = word
		case clock != "" && isOffset(word):
			zones = append(zones, word)
		case ordinal(word) != "":
			figures = append(figures, ordinal(word))
		case i == 0 && isWeekday(lower) && d.hasMonth(list[1:]): // "mar" is Tuesday and March
		case d.month == 0 && d.setMonth(lower):
		case isZone(lower) && (clock != "" || i == len(list)-1 && word == strings.ToUpper(word)): // "26 Nov 2026 GMT"
			zones = append(zones, word)
		case i == 0 && isWord(word), filler[lower] && (clock == "" || !asciiLetter(rune(word[len(word)-1])) || len(lower) > 1), isWeekday(lower):
		case clock != "":
			zones = append(zones, word)
		default:
			return d, false
		}
	}
	if d.month == 0 && len(figures) == 3 && len(figures[2]) == 4 {
		figures = d.monthOfThree(figures, easternDay.MatchString(list[0]))
	}
	if d.month == 0 || !d.setFigures(figures) || clock == "" && half != "" || clock != "" && !d.setClock(clock, half) {
		return d, false
	}
	if len(zones) == 0 {
		return d, true
	}
	zone, ok := d.readZone(strings.Join(zones, " "))
	d.zone = zone
	return d, ok
}

// setMonth takes a month by its name, of our calendar or Iran's.
func (d *moment) setMonth(word string) bool {
	if d.month = max(monthOf(word, d.lang), 0); d.month == 0 {
		d.month = max(persianMonths()[word], 0)
		d.persian = d.month > 0
	}
	return d.month > 0
}

// monthOfThree takes the month out of three figures: 木, 26 11 2026. Where a weekday is
// named, it has to be that day's.
func (d *moment) monthOfThree(figures []string, eastern bool) []string {
	at := moment{day: number(figures[0]), month: number(figures[1]), year: number(figures[2]), weekday: d.weekday}
	if !eastern && (!at.settle(" ") || !at.onWeekday()) {
		return figures
	}
	d.month = at.month
	return []string{strconv.Itoa(at.day), figures[2]}
}

func (d moment) hasMonth(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return monthOf(fold(w), d.lang) > 0 })
}

// splitDashes takes "26-Jan-2004" and "26-yanvar" apart.
func splitDashes(words []string, lang string) []string {
	var out []string
	for _, w := range words {
		parts := strings.FieldsFunc(w, func(r rune) bool { return r == '-' || r == '/' || r == '.' })
		if len(parts) > 1 && len(parts) < 4 && monthOf(fold(parts[1]), lang) > 0 && ordinal(parts[0]) != "" && (len(parts) == 2 || ordinal(parts[2]) != "") {
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

var ordinalEnd = lazyregexp.New(`^(\d{1,4})(?:st|nd|rd|th|er|e|º|ª|-?го|-?е|г|р)?\.?$`)

// ordinal gives the figures of "26", "26th", "26.", or nothing.
func ordinal(word string) string {
	if m := ordinalEnd.FindStringSubmatch(strings.ToLower(word)); m != nil {
		return m[1]
	}
	return ""
}

func isWord(s string) bool {
	for _, r := range strings.TrimSuffix(s, ":") {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '.' && r != '-' && r != '\'' {
			return false
		}
	}
	return s != ""
}

// fold makes words comparable: lower case, no accents, one apostrophe, no final dot. From U+0900 on marks
// are vowels: without them a Punjabi January is June.
func fold(word string) string {
	word = strings.ToLower(word)
	if !isASCII(word) {
		word = strings.Map(func(r rune) rune {
			switch {
			case r < 0x900 && unicode.Is(unicode.Mn, r):
				return -1
			case r == 'ı':
				return 'i'
			case r == '’' || r == 'ʼ' || r == '׳':
				return '\''
			}
			return r
		}, norm.NFD.String(word))
	}
	return strings.TrimRight(word, ".:॰")
}
