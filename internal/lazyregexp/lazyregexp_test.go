package lazyregexp

import (
	"sync"
	"testing"
)

// TestAtOnceInTests: this is a test, so that New tells of a wrong pattern.
func TestAtOnceInTests(t *testing.T) {
	if New(`^a+$`).compiled == nil {
		t.Error("a pattern is not compiled at once in a test")
	}
	defer func() {
		if recover() == nil {
			t.Error("a wrong pattern went unnoticed")
		}
	}()
	New(`^(a+$`)
}

// TestAtFirstUse is how a program has it, which is no test.
func TestAtFirstUse(t *testing.T) {
	inTest = false
	defer func() { inTest = true }()
	r := New(`^a+$`)
	if r.String() != `^a+$` || r.compiled != nil {
		t.Errorf("%q is compiled before its first use", r)
	}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if !r.MatchString("aaa") || r.Match([]byte("aab")) {
				t.Error("a pattern does not match what it says")
			}
		})
	}
	all.Wait()
	if once := r.Compiled(); r.Compiled() != once || once.String() != r.String() {
		t.Error("a pattern is compiled more than once, or not as it is written")
	}
}
