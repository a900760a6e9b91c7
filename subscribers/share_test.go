package subscribers

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestShares: any that are needed give the key, in any order and writing; fewer, and
// those of another splitting, do not.
func TestShares(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := NewMaster()
		need := rapid.IntRange(2, 5).Draw(t, "need")
		of := rapid.IntRange(need, 7).Draw(t, "of")
		texts, err := m.Split(of, need)
		if err != nil || len(texts) != of {
			t.Fatalf("%d texts: %v", len(texts), err)
		}
		some := rapid.Permutation(texts).Draw(t, "order")
		got, err := Combine(strings.ToLower(strings.Join(some[:need], "\r\n")))
		if err != nil || got != m {
			t.Fatalf("%d of %d: %v", need, of, err)
		}
		fewer := strings.Join(some[:need-1], "") + some[0]
		var more *ErrMoreShares
		if _, err := Combine(fewer); !errors.As(err, &more) || more.Have != need-1 || more.Need != need {
			t.Fatalf("one too few: %v", err)
		}
		others, err := m.Split(of, need)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Combine(strings.Join(texts[:need-1], "") + others[need-1]); !errors.Is(err, ErrShares) {
			t.Fatalf("of two splittings: %v", err)
		}
	})
}

// TestShareMistyped: one wrong letter is found, and it is said in which share.
func TestShareMistyped(t *testing.T) {
	texts, err := fixedMaster().Split(3, 2)
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(texts[1][:len(texts[1])-3]+"AA", "AAAA", "AAAB", 1)
	_, err = Combine(texts[0] + wrong)
	if !errors.Is(err, ErrShares) || !strings.Contains(err.Error(), "share 2 on this list") {
		t.Errorf("mistyped: %v", err)
	}
	if _, err := Combine(texts[0] + strings.TrimSpace(NewMaster().Encode())); !errors.Is(err, ErrShares) {
		t.Errorf("a key among shares: %v", err)
	}
	foreign, err := NewMaster().Split(3, 2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Combine(texts[0] + foreign[1]); !errors.Is(err, ErrShares) || !strings.Contains(err.Error(), "share 2 on this list is of another key") {
		t.Errorf("of another key: %v", err)
	}
	for _, bad := range [][2]int{{1, 1}, {3, 1}, {2, 3}, {21, 2}} {
		if _, err := fixedMaster().Split(bad[0], bad[1]); err == nil {
			t.Errorf("%v was split", bad)
		}
	}
}
