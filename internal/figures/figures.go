// Package figures writes numbers as people read them.
package figures

import "strconv"

// Of writes 1204567 as "1,204,567".
func Of[N ~int | ~int64](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Counted writes "1 story", "2,000 stories".
func Counted[N ~int | ~int64](n N, one, many string) string {
	if n == 1 {
		return Of(n) + " " + one
	}
	return Of(n) + " " + many
}
