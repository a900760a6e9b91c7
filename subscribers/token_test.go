package subscribers

import (
	"encoding/base64"
	"errors"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// grant is all that a token is bound to.
type grant struct {
	purpose    Purpose
	newsletter string
	id         ID
	generation uint32
}

func drawGrant(t *rapid.T, label string) grant {
	return grant{
		purpose:    rapid.SampledFrom(Purposes).Draw(t, label+" purpose"),
		newsletter: rapid.SampledFrom([]string{"", "weekly", "week", "daily"}).Draw(t, label+" newsletter"),
		id:         ID{rapid.ByteMax(3).Draw(t, label+" id")},
		generation: rapid.Uint32Range(0, 3).Draw(t, label+" generation"),
	}
}

// TestTokensNeverCross makes a token for one grant and shows it for another.
func TestTokensNeverCross(t *testing.T) {
	k := openKeyring(t, fixedMaster())
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawGrant(t, "made for"), drawGrant(t, "shown for")
		token := k.Token(a.purpose, a.newsletter, a.id, a.generation)
		if id, err := ReadToken(token); err != nil || id != a.id {
			t.Fatalf("read as %v, %v", id, err)
		}
		if err := k.CheckToken(a.purpose, a.newsletter, token, a.generation); err != nil {
			t.Fatalf("refused for what it was made for: %v", err)
		}
		for _, other := range []grant{
			b,
			{b.purpose, a.newsletter, a.id, a.generation},
			{a.purpose, b.newsletter, a.id, a.generation},
			{a.purpose, a.newsletter, b.id, a.generation},
			{a.purpose, a.newsletter, a.id, b.generation},
		} {
			if other != a {
				refused(t, k, token, a, other)
			}
		}
		raw, _ := tokenText.DecodeString(token)
		bit := rapid.IntRange(0, 8*len(raw)-1).Draw(t, "bit")
		raw[bit/8] ^= 1 << (bit % 8)
		if err := k.CheckToken(a.purpose, a.newsletter, tokenText.EncodeToString(raw), a.generation); !errors.Is(err, ErrToken) {
			t.Fatalf("bit %d flipped: %v", bit, err)
		}
	})
}

// refused holds that a token which was made for one grant is not good for another. It
// brings its own ID, so the other's comes in as a forged head.
func refused(t *rapid.T, k *Keyring, token string, made, other grant) {
	raw, _ := tokenText.DecodeString(token)
	copy(raw, other.id[:])
	moved := tokenText.EncodeToString(raw)
	if moved == k.Token(other.purpose, other.newsletter, other.id, other.generation) {
		t.Fatal("two grants have one tag")
	}
	if err := k.CheckToken(other.purpose, other.newsletter, moved, other.generation); !errors.Is(err, ErrToken) {
		t.Fatalf("a token for %v was accepted for %v", made, other)
	}
}

// TestEveryPurposeIsAlone holds one token of each purpose against every other.
func TestEveryPurposeIsAlone(t *testing.T) {
	k := openKeyring(t, fixedMaster())
	for _, made := range Purposes {
		token := k.Token(made, "weekly", fixedID, 1)
		if len(token) != TokenLength || strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			t.Errorf("%s: the token is not %d characters of base64url", made, TokenLength)
		}
		for _, shown := range Purposes {
			err := k.CheckToken(shown, "weekly", token, 1)
			if (err == nil) != (made == shown) || err != nil && !errors.Is(err, ErrToken) {
				t.Errorf("made to %s, shown to %s: %v", made, shown, err)
			}
		}
	}
}

func TestReadTokenRefuses(t *testing.T) {
	good := openKeyring(t, fixedMaster()).Token(Unsubscribe, "weekly", fixedID, 0)
	last := strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", good[34])
	for name, bad := range map[string]string{
		"empty":            "",
		"short":            good[:34],
		"long":             good + "A",
		"padded":           good + "=",
		"line break":       good[:20] + "\n" + good[21:],
		"line breaks":      strings.Repeat("\n", TokenLength),
		"standard base64":  good[:34] + "+",
		"not the only way": good[:34] + string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[last^1]),
	} {
		if _, err := ReadToken(bad); !errors.Is(err, ErrToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadToken(f *testing.F) {
	k := openKeyring(f, fixedMaster())
	for _, p := range Purposes {
		f.Add(k.Token(p, "other", fixedID, 7))
	}
	f.Add(base64.RawURLEncoding.EncodeToString(make([]byte, 26)))
	f.Add("\n")
	f.Fuzz(func(t *testing.T, token string) {
		id, err := ReadToken(token)
		if err != nil {
			if !errors.Is(err, ErrToken) {
				t.Errorf("another error: %v", err)
			}
			return
		}
		if raw, err := tokenText.DecodeString(token); err != nil || tokenText.EncodeToString(raw) != token || ID(raw[:16]) != id {
			t.Error("a token with two spellings")
		}
		if err := k.CheckToken(Unsubscribe, "weekly", token, 0); !errors.Is(err, ErrToken) {
			t.Error("a forged token was accepted")
		}
	})
}

func BenchmarkToken(b *testing.B) {
	k := openKeyring(b, fixedMaster())
	b.ReportAllocs()
	for b.Loop() {
		k.Token(Unsubscribe, "weekly", fixedID, 1)
	}
}

// Of a million IDs that were drawn without it in mind 1,258 gave such a token. A whole one
// SpamAssassin lets pass at the end of a link; 216 were not, and cost a point: with two
// links of the reader's own, in one mail of 2,300.
func TestTokensAreNoBitcoinAddresses(t *testing.T) {
	bitcoin := regexp.MustCompile(`\b[13][a-km-zA-HJ-NP-Z1-9]{29,34}\b`) // __BITCOIN_ID of SpamAssassin 4.0
	k := openKeyring(t, fixedMaster())
	for range 20_000 {
		id := NewID()
		for _, p := range []Purpose{Unsubscribe, Preferences} {
			if token := k.Token(p, "weekly", id, 1); bitcoin.MatchString(token) {
				t.Fatalf("%s is the form of a Bitcoin address", token)
			}
		}
	}
}
