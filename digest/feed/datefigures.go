package feed

import (
	"strconv"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

var (
	// 2003-12-31, 2003/12/31, 2003.12.31, "2003. 12. 31.", 2003-012-31, with what follows
	yearFirst = lazyregexp.New(`^(\d{4}) ?([-/.]) ?0?(\d{1,2}) ?([-/.]) ?(\d{1,2})\.?(?:\s*[Tt]\s*|[\s,]+|$)(.*)$`)
	// 2003-12-31Z and 2003-12-31+01:00, XML Schema's days
	dayZone = lazyregexp.New(`^(\d{4})-(\d{2})-(\d{2})([Zz]|[+-]\d{2}:?\d{2})$`)
	// 20031231T101455Z, 20031231T1014
	compact = lazyregexp.New(`^(\d{4})(\d{2})(\d{2})(?:[Tt ]?(\d{2})(\d{2})(?:(\d{2})(?:[.,]\d+)?)?\s*(.*))?$`)
	// 2004년 05월 28일, 2004年5月28日
	eastern = lazyregexp.New(`^(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号號]?(.*)$`)
	// 31.12.2003, 31/12/2003
	dayFirst = lazyregexp.New(`^(\d{1,2}) ?([-/.]) ?(\d{1,2}) ?([-/.]) ?(\d{4})\.?(?:[\s,]+|$)(.*)$`)
	// 2004-július-13T9:15-05:00
	monthWord = lazyregexp.New(`^(\d{4})-(\p{L}+)\.?-(\d{1,2})(?:[Tt\s]+(.*))?$`)
	// 2026-W48-1 and 2026-327, ISO 8601's weeks and days of the year
	weekForm    = lazyregexp.New(`^(\d{4})-?[Ww](\d{2})-?([1-7])(?:[Tt\s]+(.*))?$`)
	ordinalForm = lazyregexp.New(`^(\d{4})-?(\d{3})(?:[Tt\s]+(.*))?$`)
)

// figures reads dates that are all figures, ISO 8601 and RFC 3339 among them.
func (d moment) figures(s string) (moment, bool) {
	rest := ""
	switch {
	case match(yearFirst, s, func(m []string) bool {
		d.year, d.month, d.day, rest = number(m[1]), number(m[3]), number(m[5]), m[6]
		d.persian = d.year <= lastPersian && base(d.lang) == "fa"
		return m[2] == m[4]
	}):
	case match(dayZone, s, func(m []string) bool {
		d.year, d.month, d.day, rest = number(m[1]), number(m[2]), number(m[3]), "00:00 "+m[4]
		return true
	}):
	case match(eastern, sinceChrist(s), func(m []string) bool {
		d.year, d.month, d.day, rest = number(m[1]), number(m[2]), number(m[3]), easternClock(m[4])
		if strings.Contains(s, "년") {
			d.zoneless = fixed(9 * 60) // Korea has the one zone
		}
		return true
	}):
	case match(dayFirst, s, func(m []string) bool {
		d.day, d.month, d.year, rest = number(m[1]), number(m[3]), number(m[5]), m[6]
		return m[2] == m[4] && d.settle(m[2])
	}):
	case match(monthWord, s, func(m []string) bool {
		d.year, d.month, d.day, rest = number(m[1]), monthOf(fold(m[2]), d.lang), number(m[3]), m[4]
		return d.month > 0
	}):
	case match(weekForm, s, func(m []string) bool { rest = m[4]; return d.setWeek(number(m[1]), number(m[2]), number(m[3])) }):
	case match(ordinalForm, s, func(m []string) bool { rest = m[3]; return d.setDayOfYear(number(m[1]), number(m[2])) }):
	case match(compact, s, func(m []string) bool {
		d.year, d.month, d.day = number(m[1]), number(m[2]), number(m[3])
		if m[4] != "" {
			rest = m[4] + ":" + m[5] + ":" + m[6] + " " + m[7]
			rest = strings.Replace(rest, ": ", " ", 1) // no seconds
		}
		return true
	}):
	default:
		return d, false
	}
	return d, d.clock(easternClock(rest))
}

// eraYear is a year of Japan's eras and of Taiwan's, which begin behind a year of ours.
var (
	eraYear = lazyregexp.New(`^(令和|平成|民國|民国)\s*(\d{1,3}|元)\s*年`)
	eras    = map[string]int{"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}
)

func sinceChrist(s string) string {
	m := eraYear.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	return strconv.Itoa(eras[m[1]]+max(number(m[2]), 1)) + "年" + s[len(m[0]):]
}

func match(re *lazyregexp.Regexp, s string, take func([]string) bool) bool {
	m := re.FindStringSubmatch(s)
	return m != nil && take(m)
}

// settle tells the day from the month in a date that ends with its year. Nobody writes
// months first with dots; with strokes both habits are alive, and 03/04/2005 is March
// or April.
func (d *moment) settle(sign string) bool {
	if sign == "." {
		return true
	}
	other := *d
	other.day, other.month = d.month, d.day
	switch {
	case d.day > 12 || d.day == d.month:
		return true
	case d.month > 12, other.onWeekday() && !d.onWeekday():
		*d = other
		return true
	}
	return d.onWeekday() && !other.onWeekday()
}

// onWeekday reports a day that is the weekday that is named beside it.
func (d moment) onWeekday() bool {
	day := time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
	return d.weekday > 0 && (int(day.Weekday())+6)%7+1 == d.weekday
}

func (d *moment) setWeek(year, week, day int) bool {
	if year < firstYear || year > lastYear || week < 1 || week > 53 {
		return false
	}
	// The fourth of January is in the first week.
	fourth := time.Date(year, time.January, 4, 0, 0, 0, 0, time.UTC)
	monday := fourth.AddDate(0, 0, -(int(fourth.Weekday())+6)%7)
	t := monday.AddDate(0, 0, 7*(week-1)+day-1)
	if y, w := t.ISOWeek(); y != year || w != week {
		return false // a year of 52 weeks
	}
	d.year, d.month, d.day = t.Year(), int(t.Month()), t.Day()
	return true
}

func (d *moment) setDayOfYear(year, day int) bool {
	t := time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, day-1)
	d.year, d.month, d.day = t.Year(), int(t.Month()), t.Day()
	return day > 0 && t.Year() == year
}

var (
	easternWeekday = lazyregexp.New(`(?:星期|周|週|禮拜|礼拜)[一二三四五六日天]|[月火水木金土日]曜日?|[월화수목금토일]요일`)
	easternDay     = lazyregexp.New(`^(?:[月火水木金土日월화수목금토일]|` + easternWeekday.String() + `)$`)
	easternTime    = lazyregexp.New(`(\d{1,2})\s*[時时點点시]\s*(?:(\d{1,2})\s*[分분])?\s*(?:(\d{1,2})\s*[秒초])?`)
	easternPart    = lazyregexp.New(`(凌晨|清晨|早晨|早上|中午|傍晚|晚上|晚間|晚间|晚)\s*(\d{1,2})`)
	easternHalf    = strings.NewReplacer("上午", " am ", "午前", " am ", "오전", " am ", "下午", " pm ", "午後", " pm ", "오후", " pm ")
)

// easternClock writes a time of the Far East as elsewhere: 오후 3시 5분 is pm 3:05.
func easternClock(s string) string {
	if isASCII(s) {
		return s
	}
	s = easternHalf.Replace(easternPart.ReplaceAllStringFunc(easternWeekday.ReplaceAllString(s, " "), partOfDay))
	return strings.TrimSpace(easternTime.ReplaceAllStringFunc(s, func(t string) string {
		m := easternTime.FindStringSubmatch(t)
		two := func(n string) string { return ("00" + n)[len(n):] }
		out := m[1] + ":" + two(m[2])
		if m[3] != "" {
			out += ":" + two(m[3])
		}
		return out + " "
	}))
}

// The parts of the day whose hours leave no doubt which half they are in.
var (
	beforeNoon = map[string]bool{"凌晨": true, "清晨": true, "早晨": true, "早上": true}
	inEvening  = map[string]bool{"傍晚": true, "晚上": true, "晚間": true, "晚间": true, "晚": true}
)

// partOfDay says "am" or "pm" for a part of the day; where its hour is not in it, the time
// stays as it is and is not read.
func partOfDay(s string) string {
	m := easternPart.FindStringSubmatch(s)
	part, hour, noon := m[1], number(m[2]), m[1] == "中午"
	half := ""
	switch {
	case beforeNoon[part] && hour < 12, part == "凌晨" && hour == 12:
		half = "am "
	case noon && (hour == 12 || hour == 1 || hour == 2), inEvening[part] && hour >= 4 && hour < 12:
		half = "pm "
	case noon && (hour == 11 || hour == 13 || hour == 14), inEvening[part] && hour > 12:
	default:
		return s
	}
	return " " + half + m[2]
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

var (
	clockTime = lazyregexp.New(`^(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:[.,]\d+)?$`)
	clockTail = lazyregexp.New(`^(?:([AaPp]\.?[Mm]\.?)\s+)?(\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.,]\d+)?)\s*(.*)$`)
	hourTail  = lazyregexp.New(`^(\d{2})\s?((?:[zZ]|[+-]\d{2}(?::?\d{2})?))$`)
	bareTail  = lazyregexp.New(`^(\d{2})(\d{2})(\d{2})?(?:[.,]\d+)?\s?([zZ]|[+-]\d{2}(?::?\d{2})?)$`) // 101455Z behind dashes
)

// clock reads what follows a date: a time and a zone, or nothing.
func (d *moment) clock(s string) bool {
	s = strings.TrimSpace(spaced(s))
	for { // "um 8:15 Uhr", "- 8:15"
		first, rest, _ := strings.Cut(s, " ")
		if s == "" || !filler[fold(strings.TrimSuffix(first, ","))] || halfOf(first) != "" {
			break
		}
		s = rest
	}
	if s == "" {
		return true
	}
	if m := hourTail.FindStringSubmatch(s); m != nil {
		s = m[1] + ":00 " + m[2]
	} else if m := bareTail.FindStringSubmatch(s); m != nil {
		s = m[1] + ":" + m[2] + ":" + ("00" + m[3])[len(m[3]):] + " " + m[4]
	}
	m := clockTail.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	half, zone := m[1], strings.TrimSpace(m[3])
	if first, rest, _ := strings.Cut(zone, " "); halfOf(first) != "" {
		half, zone = first, rest
	}
	if !d.setClock(m[2], half) {
		return false
	}
	if last := strings.LastIndexByte(zone, ' ') + 1; filler[fold(zone[last:])] {
		zone = strings.TrimSpace(zone[:last]) // "Uhr"
	}
	if zone == "" {
		return true
	}
	at, ok := d.readZone(zone)
	d.zone = at
	return ok
}

// setClock takes a time of day, with its "pm" if it has one.
func (d *moment) setClock(text, half string) bool {
	m := clockTime.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	d.hour, d.minute, d.second = number(m[1]), number(m[2]), number(m[3])
	switch half = halfOf(half); {
	case half == "":
	case d.hour > 12:
		return half == "pm" // "14:30 PM" is said often enough
	case half == "pm" && d.hour < 12: // 午後0時 is noon
		d.hour += 12
	case half == "am" && d.hour == 12:
		d.hour = 0
	}
	return true
}

// halfOf gives "am" or "pm" for the half of the day in whatever language, or nothing.
func halfOf(word string) string {
	switch strings.ReplaceAll(fold(word), ".", "") {
	case "am", "πμ", "ص", "صباحا", "oo", "पूर्वाह्न", "قظ", "முற்பகல்", "pg":
		return "am"
	case "pm", "μμ", "م", "مساء", "os", "अपराह्न", "بظ", "பிற்பகல்", "ptg":
		return "pm"
	}
	return ""
}
