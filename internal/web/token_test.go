package web

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// tokenRoutes are the addresses that take a token, and the one purpose that each takes.
var tokenRoutes = map[string]subscribers.Purpose{
	newsroom.PathUnsubscribe: subscribers.Unsubscribe,
	newsroom.PathPreferences: subscribers.Preferences,
	newsroom.PathAppeal:      subscribers.Preferences,
	newsroom.PathConfirm:     subscribers.Confirm,
	newsroom.PathReturn:      subscribers.Return,
	newsroom.PathExport:      subscribers.Export,
	newsroom.PathErase:       subscribers.Erase,
}

// TestCrossPurpose: at every route the token of every other purpose, newsletter and
// generation is refused, by GET and POST, and changes nothing.
func TestCrossPurpose(t *testing.T) {
	r := open(t, Options{})
	_, err := r.Add(t.Context(), "tides", ada, "", "", "asked us")
	must(t, err)
	s := r.reader(ada)
	before := r.fingerprint()
	tried := 0
	refused := func(path, what, token string) {
		t.Helper()
		tried++
		for _, method := range []string{"GET", "POST"} {
			for _, body := range []string{"", "undo=1", "appeal=never&pause=2&never=1", "List-Unsubscribe=One-Click"} {
				if w := r.ask(method, path+"weekly/"+token, formKind, body); w.Code != http.StatusGone || strings.Contains(w.Body.String(), "<form") {
					t.Fatalf("%s %s took the token %s: %d", method, path, what, w.Code)
				}
			}
		}
	}
	for path, purpose := range tokenRoutes {
		for _, other := range subscribers.Purposes {
			for _, newsletter := range []string{"weekly", "tides", ""} {
				for generation := range uint32(3) {
					if other == purpose && newsletter == "weekly" && generation == uint32(s.Generation) {
						continue
					}
					refused(path, string(other)+" of "+newsletter, r.Keys.Token(other, newsletter, s.ID, generation))
				}
			}
		}
	}
	if r.fingerprint() != before {
		t.Error("something has changed")
	}
	if want := len(tokenRoutes) * (len(subscribers.Purposes)*9 - 1); tried != want {
		t.Errorf("%d tried, want %d", tried, want)
	}
	for path, purpose := range tokenRoutes { // and its own is taken
		want(t, r.get(path+"weekly/"+r.token(purpose, "weekly", ada)), http.StatusOK, "<form")
	}
}

// TestForgedTokens: no token that we did not make is taken anywhere: not one of random
// bytes, not one with a few bits turned, not one of a reader who is not there.
func TestForgedTokens(t *testing.T) {
	r := open(t, Options{})
	s := r.reader(ada)
	before := r.fingerprint()
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.SampledFrom(paths()).Draw(t, "path")
		real, err := base64.RawURLEncoding.DecodeString(r.Keys.Token(tokenRoutes[path], "weekly", s.ID, uint32(s.Generation)))
		if err != nil {
			t.Fatal(err)
		}
		forged := rapid.OneOf(
			rapid.SliceOfN(rapid.Byte(), len(real), len(real)),
			rapid.Custom(func(t *rapid.T) []byte { // the reader's, and a tag that is guessed
				return append(append([]byte{}, s.ID[:]...), rapid.SliceOfN(rapid.Byte(), len(real)-len(s.ID), len(real)-len(s.ID)).Draw(t, "tag")...)
			}),
			rapid.Custom(func(t *rapid.T) []byte { // one bit turned
				bit := rapid.IntRange(0, 8*len(real)-1).Draw(t, "bit")
				turned := append([]byte{}, real...)
				turned[bit/8] ^= 1 << (bit % 8)
				return turned
			}),
		).Filter(func(forged []byte) bool { return !bytes.Equal(forged, real) }).Draw(t, "forged")
		method := rapid.SampledFrom([]string{"GET", "POST"}).Draw(t, "method")
		w := r.ask(method, path+"weekly/"+base64.RawURLEncoding.EncodeToString(forged), formKind, "appeal=never")
		if w.Code != http.StatusGone {
			t.Fatalf("%s %s: %d", method, path, w.Code)
		}
	})
	rapid.Check(t, func(t *rapid.T) { // whatever else stands there
		path := rapid.SampledFrom(paths()).Draw(t, "path")
		text := rapid.StringMatching(`[A-Za-z0-9._~!$&'()*+,;=:@-]{1,60}`).Draw(t, "text")
		if w := r.form(path+"weekly/"+text, ""); w.Code == http.StatusOK {
			t.Fatalf("%s takes it", path)
		}
	})
	if r.fingerprint() != before {
		t.Error("something has changed")
	}
}

// TestRevoke: the links of before lead nowhere, by page, button and one click; those in
// the next mail work, and nobody else's are touched.
func TestRevoke(t *testing.T) {
	r := sent(t)
	old := map[string]string{}
	for path, purpose := range tokenRoutes {
		old[path] = path + "weekly/" + r.token(purpose, "weekly", ada)
	}
	want(t, r.get(old[newsroom.PathUnsubscribe]), http.StatusOK)
	must(t, r.Revoke(t.Context(), ada))
	for path, link := range old {
		want(t, r.get(link), http.StatusGone)
		want(t, r.form(link, "List-Unsubscribe=One-Click"), http.StatusGone)
		want(t, r.get(path+"weekly/"+r.token(tokenRoutes[path], "weekly", ada)), http.StatusOK)
	}
	r.wantState("weekly", ada, store.Confirmed)
	if r.reader(ben).Generation != 0 {
		t.Error("another reader's links are taken back, too")
	}
	_, err := r.Reopen(t.Context(), ref, "a word")
	must(t, err)
	_, err = r.Edit(t.Context(), ref, []byte("subject: The bridge, corrected\nretitle: {}\n"))
	must(t, err)
	r.approve()
	_, err = r.Send(t.Context(), ref, newsroom.SendOptions{To: mailer.ToDelivered})
	must(t, err)
	fresh := oneClick(t, r, ada)
	if fresh == old[newsroom.PathUnsubscribe] {
		t.Error("the next mail has the old link")
	}
	want(t, r.form(fresh, "List-Unsubscribe=One-Click"), http.StatusOK)
	r.wantState("weekly", ada, store.Unsubscribed)
}

func paths() []string {
	var all []string
	for path := range tokenRoutes {
		all = append(all, path)
	}
	return all
}

// TestTokensHoldNothing: a token holds no address, no number, and nothing that orders
// readers.
func TestTokensHoldNothing(t *testing.T) {
	r := open(t, Options{})
	a, b := r.reader(ada), r.reader(ben)
	if b.Number != a.Number+1 {
		t.Fatalf("numbers %d and %d: this test sees nothing", a.Number, b.Number)
	}
	for _, s := range []subscribers.ID{a.ID, b.ID} {
		token := r.Keys.Token(subscribers.Unsubscribe, "weekly", s, 0)
		if len(token) != subscribers.TokenLength || strings.Contains(token, "reader") {
			t.Error("a token tells something")
		}
	}
	same := 0
	for i := range a.ID {
		if a.ID[i] == b.ID[i] {
			same++
		}
	}
	if same > 4 {
		t.Errorf("%d of 16 bytes are the same in two readers' tokens", same)
	}
}
