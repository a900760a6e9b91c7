package config

import (
	"fmt"
	"strings"
)

// hintForKey says what an unknown key may have been meant to be.
func hintForKey[T any](tables []table, name, what string, keys []key[T]) string {
	var known []string
	for _, k := range keys {
		known = append(known, k.name)
	}
	if s := Nearest(name, known); s != "" {
		return fmt.Sprintf("did you mean %q?", s)
	}
	if where := placesOfKey(tables, strings.ToLower(name)); where != "" && where != what {
		return fmt.Sprintf("%q belongs to %s", strings.ToLower(name), where)
	}
	return what + " has the keys " + strings.Join(known, ", ")
}

// placesOfKey says which mappings know a key.
func placesOfKey(tables []table, name string) string {
	var found []string
	for _, t := range tables {
		for _, k := range t.entries {
			if k.name == name {
				found = append(found, t.what)
			}
		}
	}
	return strings.Join(found, " or ")
}

// Nearest is the word most like name, or "" when none is near enough for it to be
// a slip of the keyboard: a third of its letters. A beginning is near enough, too.
func Nearest(name string, words []string) string {
	name = strings.ToLower(strings.ReplaceAll(name, "-", "_"))
	best, bestDistance := "", len(name)/3+2
	if len(name) > 40 {
		return ""
	}
	for _, w := range words {
		if len(name) > 2 && strings.HasPrefix(w, name) {
			return w
		}
		if d := distance(name, w); d < bestDistance && d < len(w) {
			best, bestDistance = w, d
		}
	}
	return best
}

// distance counts the letters to insert, remove, change or swap with their
// neighbour to get from a to b.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range y {
		d[0][j+1] = j + 1
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}
