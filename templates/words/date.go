package words

import (
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"
)

// Date is a day in full, as it opens a line: "Friday, 27 November 2026". The day
// is that of t's own zone.
func (c *Catalogue) Date(t time.Time) string {
	return upperFirst(c.date(c.FullDate, t))
}

// Day is the day and month alone: "27 November".
func (c *Catalogue) Day(t time.Time) string { return c.date(c.ShortDay, t) }

func (c *Catalogue) date(pattern string, t time.Time) string {
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = c.First
	}
	return Fill(pattern,
		"weekday", c.Weekdays[t.Weekday()],
		"day", day,
		"month", c.Months[t.Month()-1],
		"year", strconv.Itoa(t.Year()))
}

// upperFirst makes the first letter a capital: Russian and French write weekdays
// small, but not where a line begins.
func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
