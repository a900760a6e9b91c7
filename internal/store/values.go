package store

import (
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"
)

// micros is how an instant is stored: unix microseconds, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant is how a stored instant comes back, in UTC.
func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// clean makes text that came from outside fit for a TEXT column: PostgreSQL takes
// neither a NUL nor a byte that is not UTF-8.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// document is a value as the JSON that is stored of it. The brackets of HTML stay as they
// are: it is for no page, and escaped each would be six bytes.
func document(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", fmt.Errorf("store a %T: %w", v, err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// stored scans the JSON of a column into what it is of.
type stored struct{ into any }

// Scan is sql.Scanner. It lets go of the column's text at once.
func (d stored) Scan(column any) error {
	text, ok := column.(string)
	if !ok {
		return fmt.Errorf("read a stored %T: it is a %T", d.into, column)
	}
	if err := json.Unmarshal([]byte(text), d.into); err != nil {
		return fmt.Errorf("read a stored %T: %w", d.into, err)
	}
	return nil
}

// params is the text "$from, $from+1, ..." for n parameters.
func params(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
	}
	return b.String()
}

// tuples is the text of n rows of VALUES, each of the given columns, with the
// parameters numbered from `from` on: "($2, $3), ($4, $5)".
func tuples(from, n, columns int) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = "(" + params(from+i*columns, columns) + ")"
	}
	return strings.Join(rows, ", ")
}

// words of states, as query arguments and as text.
func stateArgs[S ~string](states []S) []any {
	args := make([]any, len(states))
	for i, s := range states {
		args[i] = string(s)
	}
	return args
}

func stateWords[S ~string](states []S) []string {
	all := make([]string, len(states))
	for i, s := range states {
		all[i] = string(s)
	}
	return all
}

// or lists words for people: "draft, held or approved".
func or(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return strings.Join(words, "")
}

// bit is how a yes or no is stored.
func bit(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// atOnce cuts rows into parts for one statement each, of few different lengths: a
// database keeps what it knows of each text.
func atOnce[T any](rows []T) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for len(rows) > 0 {
			n := 1
			for n < 64 && 4*n <= len(rows) {
				n *= 4
			}
			if !yield(rows[:n]) {
				return
			}
			rows = rows[n:]
		}
	}
}
