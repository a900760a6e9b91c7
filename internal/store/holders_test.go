package store

import (
	"slices"
	"strings"
	"testing"
)

func TestLockersReadsProcLocks(t *testing.T) {
	const locks = `1: POSIX  ADVISORY  WRITE 4711 fe:01:9437285 120 120
2: POSIX  ADVISORY  READ  4712 fe:01:9437286 124 124
2: -> POSIX  ADVISORY  WRITE 4713 fe:01:9437286 124 124
3: FLOCK  ADVISORY  WRITE 900 00:1a:555 0 EOF
4: POSIX  ADVISORY  READ  4711 fe:01:9437286 124 124
nonsense
`
	got := lockers(strings.NewReader(locks), map[string]bool{"9437285": true, "9437286": true})
	if want := []string{"4711", "4712"}; !slices.Equal(got, want) {
		t.Errorf("lockers = %v, want %v", got, want)
	}
}

// TestHolders holds a lock itself: a process that waits is not told to end itself.
func TestHolders(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir()+"/test.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tx, err := s.write.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if got := holders(s.path); got != "another process" {
		t.Errorf("the holders are %s", got)
	}
}

func TestShort(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"abc", 3, "abc"},
		{"abcd", 3, "abc"},
		{"aéz", 2, "a"},
		{"a\x00b\xff", 10, "ab\uFFFD"},
	} {
		if got := short(c.in, c.n); got != c.want {
			t.Errorf("short(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}
