package subscribers

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// box seals and opens in one of the two ways.
type box struct {
	name string
	seal func(Place, string) ([]byte, error)
	open func(Place, []byte) (string, error)
}

func boxes(k *Keyring) []box {
	return []box{
		{"store", k.Seal, k.Open},
		{"inbox", k.WebKey().SealInbox, k.OpenInbox},
	}
}

func drawPlace(t *rapid.T, label string) Place {
	word := rapid.StringMatching(`[a-z]{1,3}`)
	return Place{
		Table: word.Draw(t, label+" table"),
		Row:   ID{rapid.Byte().Draw(t, label+" row")},
		Field: word.Draw(t, label+" field"),
	}
}

func TestSealOpens(t *testing.T) {
	for _, b := range boxes(openKeyring(t, fixedMaster())) {
		t.Run(b.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				place, plain := drawPlace(t, "its"), rapid.String().Draw(t, "plain")
				sealed, err := b.seal(place, plain)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := b.open(place, sealed); err != nil || got != plain {
					t.Fatalf("opens as %q, %v", got, err)
				}
				if len(plain) > 3 && bytes.Contains(sealed, []byte(plain)) {
					t.Fatal("the text shows")
				}
				again, err := b.seal(place, plain)
				if err != nil || bytes.Equal(again, sealed) || len(again) != len(sealed) {
					t.Fatalf("sealed twice gives the same, or another length: %v", err)
				}
				another := drawPlace(t, "another")
				for _, other := range []Place{another, {another.Table, place.Row, place.Field}, {place.Table, another.Row, place.Field}, {place.Table, place.Row, another.Field}} {
					if other == place {
						continue
					}
					if _, err := b.open(other, sealed); !errors.Is(err, ErrDamaged) {
						t.Fatalf("of %s, opens as %s: %v", place, other, err)
					}
				}
				flipped := bytes.Clone(sealed)
				bit := rapid.IntRange(0, 8*len(flipped)-1).Draw(t, "bit")
				flipped[bit/8] ^= 1 << (bit % 8)
				if _, err := b.open(place, flipped); !typedSealError(err) {
					t.Fatalf("bit %d flipped: %v", bit, err)
				}
				if _, err := b.open(place, sealed[:rapid.IntRange(0, len(sealed)-1).Draw(t, "cut")]); !typedSealError(err) {
					t.Fatalf("cut: %v", err)
				}
			})
		})
	}
}

func typedSealError(err error) bool {
	return errors.Is(err, ErrUnknownVersion) || errors.Is(err, ErrUnknownKey) || errors.Is(err, ErrDamaged)
}

// TestPlacesDoNotRunTogether moves a border between table and field.
func TestPlacesDoNotRunTogether(t *testing.T) {
	for _, b := range boxes(openKeyring(t, fixedMaster())) {
		sealed, err := b.seal(Place{Table: "ab", Field: "c"}, "x")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.open(Place{Table: "a", Field: "bc"}, sealed); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", b.name, err)
		}
		for _, place := range []Place{{}, {Table: "a"}, {Field: "a"}, {Table: strings.Repeat("a", 256), Field: "a"}} {
			if _, err := b.seal(place, "x"); err == nil {
				t.Errorf("%s: sealed for a place without a name", b.name)
			}
			if _, err := b.open(place, sealed); err == nil {
				t.Errorf("%s: opened for a place without a name", b.name)
			}
		}
	}
}

func TestSealedLengthsTellTheStepAlone(t *testing.T) {
	for _, b := range boxes(openKeyring(t, fixedMaster())) {
		lengths := map[int]int{}
		for size := range 256 {
			sealed, err := b.seal(fixedPlace, strings.Repeat("x", size))
			if err != nil {
				t.Fatal(err)
			}
			lengths[len(sealed)]++
		}
		if len(lengths) != 4 {
			t.Errorf("%s: texts of 0 to 255 bytes have %d lengths, want 4: %v", b.name, len(lengths), lengths)
		}
	}
}

func TestSealFormat(t *testing.T) {
	sealed, err := openKeyring(t, fixedMaster()).Seal(fixedPlace, "ann@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if len(sealed) != 1+4+12+64+16 || !bytes.HasPrefix(sealed, []byte{1, 0, 0, 0, 1}) {
		t.Errorf("%d bytes, beginning with %v", len(sealed), sealed[:5])
	}
}

func TestWebKey(t *testing.T) {
	k := openKeyring(t, fixedMaster())
	w, err := ParseWebKey(k.WebKey().Encode())
	if err != nil {
		t.Fatal(err)
	}
	if w.Fingerprint() != k.Fingerprint() {
		t.Error("a web key has another fingerprint than its keyring")
	}
	if err := w.CheckToken(Confirm, "weekly", k.Token(Confirm, "weekly", fixedID, 1), 1); err != nil {
		t.Errorf("a web key refuses its keyring's token: %v", err)
	}
	sealed, err := w.SealInbox(fixedPlace, "ann@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := k.OpenInbox(fixedPlace, sealed); err != nil || plain != "ann@example.org" {
		t.Errorf("the inbox opens as %q, %v", plain, err)
	}
	if _, err := openKeyring(t, NewMaster()).OpenInbox(fixedPlace, sealed); !errors.Is(err, ErrDamaged) {
		t.Errorf("another master opens it: %v", err)
	}
	for _, bad := range []string{"", fixedMaster().Encode(), "broadsheet-web-1: AAAA"} {
		if _, err := ParseWebKey(bad); !errors.Is(err, ErrWebKey) {
			t.Errorf("not a web key: %v", err)
		}
	}
	var zero WebKey
	if _, err := zero.SealInbox(fixedPlace, "x"); !errors.Is(err, ErrWebKey) {
		t.Errorf("the zero web key seals: %v", err)
	}
	if err := zero.CheckToken(Confirm, "w", zero.Token(Confirm, "w", fixedID, 0), 0); !errors.Is(err, ErrToken) {
		t.Errorf("the zero web key accepts a token: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	k := openKeyring(f, fixedMaster())
	for _, b := range boxes(k) {
		sealed, err := b.seal(fixedPlace, "ann@example.org")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(sealed)
	}
	f.Add([]byte{})
	f.Add([]byte{1, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		// The fuzzer has no key, and the seeds' data key is gone with the process
		// that made them: whatever it finds must be refused, in typed errors.
		fresh, err := OpenKeyring(fixedMaster())
		if err != nil {
			t.Fatal(err)
		}
		addDataKey(t, fresh, 1)
		if plain, err := fresh.Open(fixedPlace, sealed); err == nil || !typedSealError(err) {
			t.Errorf("opened as %q, %v", plain, err)
		}
		if _, err := fresh.OpenInbox(Place{Table: "t", Field: "f"}, sealed); err == nil || !typedSealError(err) {
			t.Errorf("inbox: %v", err)
		}
		if err := fresh.AddDataKey(1, sealed); err == nil {
			t.Error("a forged data key was added")
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	k := openKeyring(b, fixedMaster())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Seal(fixedPlace, "reader.number.one@example.org"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	k := openKeyring(b, fixedMaster())
	sealed, err := k.Seal(fixedPlace, "reader.number.one@example.org")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Open(fixedPlace, sealed); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIndex(b *testing.B) {
	k := openKeyring(b, fixedMaster())
	a := mustAddress(b, "reader.number.one@example.org")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Index(a); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSealInbox(b *testing.B) {
	w := openKeyring(b, fixedMaster()).WebKey()
	for b.Loop() {
		if _, err := w.SealInbox(fixedPlace, "reader.number.one@example.org"); err != nil {
			b.Fatal(err)
		}
	}
}
