package storetest

import (
	"strings"
	"testing"
)

// TestChoice: of tests about half run on each engine, all on SQLite where there is no other.
func TestChoice(t *testing.T) {
	count := map[bool][2]int{}
	for i := range 100 {
		for _, both := range []bool{true, false} {
			n := count[both]
			n[choice(strings.Repeat("x", i), both)]++
			count[both] = n
		}
	}
	if n := count[true]; n[0] < 30 || n[1] < 30 {
		t.Errorf("with both: %v", n)
	}
	if n := count[false]; engines[0].name != "sqlite" || n[0] != 100 {
		t.Errorf("without PostgreSQL: %v", n)
	}
}
