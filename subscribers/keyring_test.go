package subscribers

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// fixedMaster is 00 01 02 ... 1f.
func fixedMaster() Master {
	var m Master
	for i := range m.key {
		m.key[i] = byte(i)
	}
	return m
}

// openKeyring opens a keyring with data key 1.
func openKeyring(t testing.TB, m Master) *Keyring {
	t.Helper()
	k, err := OpenKeyring(m)
	if err != nil {
		t.Fatal(err)
	}
	addDataKey(t, k, 1)
	return k
}

func addDataKey(t testing.TB, k *Keyring, id uint32) (wrapped []byte) {
	t.Helper()
	wrapped, err := k.NewDataKey(id)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.AddDataKey(id, wrapped); err != nil {
		t.Fatal(err)
	}
	return wrapped
}

var (
	fixedID    = ID{0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf}
	fixedPlace = Place{Table: "subscriber", Row: fixedID, Field: "address"}
)

// golden is what the fixed master must always give. Sealed and wrapped values are
// random, so those kept are opened instead.
type golden struct {
	Master, WebKey, Fingerprint, Index, MessageID, Marker string
	Tokens                                                map[string]string
	DataKey, Sealed, Inbox                                string
}

func TestGolden(t *testing.T) {
	const file = "testdata/golden.json"
	k := openKeyring(t, fixedMaster())
	got := golden{
		Master:      fixedMaster().Encode(),
		WebKey:      k.WebKey().Encode(),
		Fingerprint: k.Fingerprint(),
		Index:       hex.EncodeToString(indexOf(t, k, mustAddress(t, "Ann.Lee@Example.org"))),
		MessageID:   messageID(t, k, 7, fixedID),
		Marker:      hex.EncodeToString(k.Marker("mailing 7")),
		Tokens:      map[string]string{},
	}
	for _, p := range Purposes {
		got.Tokens[string(p)] = k.Token(p, "weekly", fixedID, 3)
	}
	if trial.Updating() {
		writeGolden(t, file, got)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want golden
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	kept := want
	want.DataKey, want.Sealed, want.Inbox = "", "", ""
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("a derived value changed, and with it every stored one is lost:\ngot  %q\nwant %q", got, want)
	}
	k, err = OpenKeyring(fixedMaster())
	if err != nil {
		t.Fatal(err)
	}
	if err := k.AddDataKey(9, unhex(t, kept.DataKey)); err != nil {
		t.Fatal(err)
	}
	if plain, err := k.Open(fixedPlace, unhex(t, kept.Sealed)); err != nil || plain != "ann@example.org" {
		t.Errorf("a value sealed before opens as %q, %v", plain, err)
	}
	if plain, err := k.OpenInbox(fixedPlace, unhex(t, kept.Inbox)); err != nil || plain != "bob@example.org" {
		t.Errorf("an inbox value sealed before opens as %q, %v", plain, err)
	}
}

func writeGolden(t *testing.T, file string, g golden) {
	t.Helper()
	k, err := OpenKeyring(fixedMaster())
	if err != nil {
		t.Fatal(err)
	}
	g.DataKey = hex.EncodeToString(addDataKey(t, k, 9))
	sealed, err := k.Seal(fixedPlace, "ann@example.org")
	if err != nil {
		t.Fatal(err)
	}
	inbox, err := k.WebKey().SealInbox(fixedPlace, "bob@example.org")
	if err != nil {
		t.Fatal(err)
	}
	g.Sealed, g.Inbox = hex.EncodeToString(sealed), hex.EncodeToString(inbox)
	raw, err := json.MarshalIndent(g, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(raw, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestParseMaster(t *testing.T) {
	m := NewMaster()
	text := m.Encode()
	key := strings.TrimSpace(text[strings.LastIndex(text, ":")+1:])
	// The last letter is changed to its neighbour; every bit of it is used or must be 0.
	slip := key[:len(key)-1] + map[bool]string{true: "B", false: "A"}[strings.HasSuffix(key, "A")]
	for name, good := range map[string]string{
		"as written":         text,
		"without comments":   masterWord + key,
		"typed from paper":   "\ufeff\r\n" + strings.ToUpper(masterWord) + " " + strings.ToLower(strings.ReplaceAll(key, "-", " ")) + " \r\n",
		"without a new line": strings.TrimSpace(text),
	} {
		if got, err := ParseMaster(good); err != nil || got != m {
			t.Errorf("%s: %v, or another key", name, err)
		}
	}
	for name, bad := range map[string]struct{ text, says string }{
		"empty":        {"# only a comment\n", "it is empty"},
		"two keys":     {text + text, "more than one line"},
		"other kind":   {openKeyring(t, m).WebKey().Encode(), "does not begin with"},
		"cut":          {masterWord + key[:20], "characters where 58 belong"},
		"a slip":       {masterWord + slip, "mistyped"},
		"other signs":  {masterWord + "1" + key[1:], "A to Z and 2 to 7"},
		"swapped":      {masterWord + key[5:10] + key[:5] + key[10:], "mistyped"},
		"plain secret": {"hunter2", "does not begin with"},
	} {
		_, err := ParseMaster(bad.text)
		if !errors.Is(err, ErrMaster) || !strings.Contains(fmt.Sprint(err), bad.says) {
			t.Errorf("%s: got %v, want %q", name, err, bad.says)
		} else if strings.Contains(err.Error(), key[:4]) || strings.Contains(err.Error(), "hunter") {
			t.Errorf("%s: the error repeats the text", name)
		}
	}
	if _, err := OpenKeyring(Master{}); !errors.Is(err, ErrMaster) {
		t.Errorf("a master of zeros: %v", err)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	m := fixedMaster()
	k := openKeyring(t, m)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "a", m, "b", k, "c", k.WebKey())
	got := log.String() + fmt.Sprintf("%v %+v %#v %s", m, m, m, m) + fmt.Sprintf("%v %+v %#v", k, k, k) + fmt.Sprintf("%v %+v %#v", k.WebKey(), k.WebKey(), k.WebKey())
	for _, word := range []string{"1 2 3", "01020304", "0x1", "{", "ABAQ"} {
		if strings.Contains(got, word) {
			t.Errorf("%q was printed: %s", word, got)
		}
	}
}

func indexOf(t *testing.T, k *Keyring, a Address) []byte {
	t.Helper()
	index, err := k.Index(a)
	if err != nil {
		t.Fatal(err)
	}
	return index
}

func messageID(t *testing.T, k *Keyring, mailing int64, id ID) string {
	t.Helper()
	text, err := k.MessageID(mailing, id)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestKeysDiffer draws two masters and asks that nothing of one fits the other.
func TestKeysDiffer(t *testing.T) {
	a, b := openKeyring(t, NewMaster()), openKeyring(t, NewMaster())
	ann := mustAddress(t, "ann@example.org")
	first, second := NewID(), NewID()
	same := map[string]bool{
		"index":       bytes.Equal(indexOf(t, a, ann), indexOf(t, b, ann)),
		"message-id":  messageID(t, a, 1, fixedID) == messageID(t, b, 1, fixedID),
		"marker":      bytes.Equal(a.Marker("x"), b.Marker("x")),
		"fingerprint": a.Fingerprint() == b.Fingerprint(),
		"token":       a.Token(Confirm, "w", fixedID, 0) == b.Token(Confirm, "w", fixedID, 0),
		"IDs":         first == second,
		"mailings":    messageID(t, a, 1, fixedID) == messageID(t, a, 2, fixedID),
		"subscribers": messageID(t, a, 1, fixedID) == messageID(t, a, 1, ID{}),
		"contexts":    bytes.Equal(a.Marker("x"), a.Marker("y")),
	}
	for name, equal := range same {
		if equal {
			t.Errorf("%s: two are the same", name)
		}
	}
	if !bytes.Equal(indexOf(t, a, ann), indexOf(t, a, mustAddress(t, " ANN@Example.ORG "))) {
		t.Error("one address written in two ways has two indexes")
	}
	if len(messageID(t, a, 1, fixedID)) != 26 || len(a.Marker("x")) != 32 || len(indexOf(t, a, ann)) != 32 || len(a.Fingerprint()) != 32 {
		t.Error("a length differs from its documentation")
	}
}

func TestDataKeys(t *testing.T) {
	k, err := OpenKeyring(fixedMaster())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Seal(fixedPlace, "x"); !errors.Is(err, ErrNoDataKey) {
		t.Errorf("seal without a data key: %v", err)
	}
	wrapped, err := k.NewDataKey(1)
	if err != nil {
		t.Fatal(err)
	}
	if k.CurrentDataKey() != 0 {
		t.Error("a data key seals before it was added")
	}
	if err := k.AddDataKey(2, wrapped); !errors.Is(err, ErrDamaged) {
		t.Errorf("a data key under another number: %v", err)
	}
	if err := openKeyring(t, NewMaster()).AddDataKey(1, wrapped); !errors.Is(err, ErrDamaged) {
		t.Errorf("a data key of another master: %v", err)
	}
	newer := bytes.Clone(wrapped)
	newer[0] = 9
	if err := k.AddDataKey(1, newer); !errors.Is(err, ErrUnknownVersion) {
		t.Errorf("a data key in another form: %v", err)
	}
	if err := k.AddDataKey(1, nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("an empty data key: %v", err)
	}
	if _, err := k.NewDataKey(0); err == nil {
		t.Error("data key 0 was made")
	}
	if err := k.AddDataKey(1, wrapped); err != nil {
		t.Fatal(err)
	}
	rotate(t, k, wrapped)
}

// rotate seals with key 1 and turns to key 2.
func rotate(t *testing.T, k *Keyring, wrapped []byte) {
	t.Helper()
	first, err := k.Seal(fixedPlace, "ann@example.org")
	if err != nil {
		t.Fatal(err)
	}
	addDataKey(t, k, 2)
	if err := k.AddDataKey(1, wrapped); err != nil {
		t.Errorf("adding a key again: %v", err)
	}
	second, err := k.Seal(fixedPlace, "ann@example.org")
	if err != nil {
		t.Fatal(err)
	}
	one, _ := SealedWith(first)
	two, _ := SealedWith(second)
	if one != 1 || two != 2 || k.CurrentDataKey() != 2 {
		t.Errorf("sealed with %d, then %d; current %d", one, two, k.CurrentDataKey())
	}
	if plain, err := k.Open(fixedPlace, first); err != nil || plain != "ann@example.org" {
		t.Errorf("the older key opens no more: %v", err)
	}
	other, err := OpenKeyring(NewMaster())
	if err != nil {
		t.Fatal(err)
	}
	rewrapped, err := k.RewrapDataKey(1, wrapped, other)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.AddDataKey(1, rewrapped); err != nil {
		t.Error(err)
	}
	if plain, err := other.Open(fixedPlace, first); err != nil || plain != "ann@example.org" {
		t.Errorf("after a change of master: %q, %v", plain, err)
	}
}

func TestKeyringForSeveralGoroutines(t *testing.T) {
	k := openKeyring(t, fixedMaster())
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 50 {
				sealed, err := k.Seal(fixedPlace, "ann@example.org")
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := k.Open(fixedPlace, sealed); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for id := uint32(2); id < 20; id++ {
		addDataKey(t, k, id)
	}
	group.Wait()
}

func TestPadded(t *testing.T) {
	for size, want := range map[int]int{0: 64, 1: 64, 63: 64, 64: 128, 254: 256, 1022: 1024, 1023: 1024, 1024: 2048, 2047: 2048, 2048: 3072} {
		if got := Padded(size); got != want {
			t.Errorf("Padded(%d) = %d, want %d", size, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.StringN(0, 3000, -1).Draw(t, "plain") + strings.Repeat("\x00", rapid.IntRange(0, 3).Draw(t, "zeros"))
		got, err := unpad(pad(nil, plain, Padded(len(plain))))
		if err != nil || got != plain {
			t.Fatalf("%q comes back as %q, %v", plain, got, err)
		}
	})
	for _, bad := range []string{"", "\x80", strings.Repeat("\x00", 64), "x" + strings.Repeat("\x00", 63), "\x80" + strings.Repeat("\x00", 127)} {
		if _, err := unpad([]byte(bad)); !errors.Is(err, ErrDamaged) {
			t.Errorf("unpad(%q): %v", bad, err)
		}
	}
}
