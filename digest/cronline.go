package digest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// cronField is one of the five fields of a cron line.
type cronField struct {
	name     string
	min, max int
	names    []string // names[i] is the word for min+i
}

var cronFields = []cronField{
	{"minute", 0, 59, nil},
	{"hour", 0, 23, nil},
	{"day of month", 1, 31, nil},
	{"month", 1, 12, []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
	{"day of week", 0, 6, []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
}

// cronWords are the named lines, which the library knows too.
const cronWords = "@hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually"

// cronParser sees only lines that checkCron has passed: it panics on "TZ=UTC"
// alone, reads "1,,2" as "1,2" and "," as never.
var cronParser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

// parseCron reads a cron line as a rule on wall-clock time.
func parseCron(line string) (*cron.SpecSchedule, error) {
	line = strings.TrimSpace(line)
	if err := checkCron(line); err != nil {
		return nil, fmt.Errorf("cron line %q: %w", line, err)
	}
	parsed, err := cronParser.Parse(line)
	if err != nil {
		return nil, fmt.Errorf("cron line %q: %w", line, err)
	}
	spec, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, fmt.Errorf("cron line %q: not a rule on days and hours; write five fields, such as \"0 9 * * FRI\"", line)
	}
	spec.Location = time.UTC // wall-clock time is held as UTC: see Schedule
	if spec.Next(time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fmt.Errorf("cron line %q: never comes, for no month it names has such a day; mend the day of month or the month", line)
	}
	return spec, nil
}

// checkCron refuses what the library reads otherwise than a person would.
func checkCron(line string) error {
	switch {
	case line == "":
		return errors.New("empty; write five fields: minute, hour, day of month, month, day of week, such as \"0 9 * * FRI\"")
	case strings.HasPrefix(line, "TZ=") || strings.HasPrefix(line, "CRON_TZ="):
		return errors.New("a time zone does not belong in the line; give it as the newsletter's time zone")
	case strings.HasPrefix(line, "@every"):
		return errors.New("@every names no time of day; write five fields, such as \"0 9 * * FRI\"")
	case strings.HasPrefix(line, "@"):
		for word := range strings.SplitSeq(cronWords, ", ") {
			if line == word {
				return nil
			}
		}
		return fmt.Errorf("no such word; there are %s, or five fields such as \"0 9 * * FRI\"", cronWords)
	}
	fields := strings.Fields(line)
	if len(fields) == 6 {
		return errors.New("six fields; seconds are not taken: write minute, hour, day of month, month, day of week, such as \"0 9 * * FRI\"")
	}
	if len(fields) != len(cronFields) {
		return fmt.Errorf("%d fields; write five: minute, hour, day of month, month, day of week, such as \"0 9 * * FRI\"", len(fields))
	}
	for i, field := range fields {
		for item := range strings.SplitSeq(field, ",") {
			if err := cronFields[i].check(item); err != nil {
				return fmt.Errorf("%s %q: %w", cronFields[i].name, field, err)
			}
		}
	}
	return nil
}

// check reads one item of a field's list: "*", "5", "MON-FRI", "*/15", "8-18/2".
func (f cronField) check(item string) error {
	if item == "" {
		return errors.New("an empty item; take out the extra comma")
	}
	span, step, stepped := strings.Cut(item, "/")
	if stepped {
		n, err := number(step)
		if err != nil || n < 1 || n > f.max {
			return fmt.Errorf("the step after \"/\" is %q; write a number from 1 to %d", step, f.max)
		}
	}
	if span == "*" || span == "?" {
		return nil
	}
	from, to, ranged := strings.Cut(span, "-")
	low, err := f.value(from)
	if err != nil {
		return err
	}
	if !ranged {
		return nil
	}
	high, err := f.value(to)
	if err != nil {
		return err
	}
	if low > high {
		return fmt.Errorf("%s runs backwards; write it as two ranges, such as %s-%d,%d-%s", span, from, f.max, f.min, to)
	}
	return nil
}

// value reads a number or a name of the field.
func (f cronField) value(word string) (int, error) {
	for i, name := range f.names {
		if strings.EqualFold(word, name) {
			return f.min + i, nil
		}
	}
	if n, err := number(word); err == nil {
		if n >= f.min && n <= f.max {
			return n, nil
		}
		if f.max == 6 && n == 7 {
			return 0, errors.New("7 is not taken; Sunday is 0 or SUN")
		}
	}
	want := fmt.Sprintf("a number from %d to %d", f.min, f.max)
	if len(f.names) > 0 {
		want += fmt.Sprintf(", or %s to %s", strings.ToUpper(f.names[0]), strings.ToUpper(f.names[len(f.names)-1]))
	}
	return 0, fmt.Errorf("%q is not %s, nor *", word, want)
}

// number reads digits alone: strconv would take "+5" too.
func number(s string) (int, error) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, strconv.ErrSyntax
	}
	return strconv.Atoi(s)
}
