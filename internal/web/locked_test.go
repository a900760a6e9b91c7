package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates/words"
)

// TestLockedPages: each page works on a node without the master key: that was locked, or
// that has the web key alone and never had more. What needs the key is taken in, and
// done by who has it: each wish comes true, and nobody is mailed twice.
func TestLockedPages(t *testing.T) {
	for mode, lock := range map[string]func(r *room) (unlock func()){
		"locked":  lockedNode,
		"web key": readersNode,
	} {
		t.Run(mode, func(t *testing.T) {
			r := sent(t)
			wishes := r.wishes()
			unlock := lock(r)
			r.readAll()
			for _, w := range wishes {
				want(t, r.get(w.path), http.StatusOK, `method="post"`)
				for range 2 { // a reader's finger slips
					if got := r.form(w.path, w.body); got.Code != http.StatusOK && got.Code != http.StatusGone {
						t.Errorf("%s: status %d: %s", w.name, got.Code, got.Body)
					} else if strings.Contains(got.Body.String(), words.For("en").ErasedLast) {
						t.Errorf("%s: a last mail is promised, which nobody can write", w.name)
					}
				}
			}
			want(t, r.form("/subscribe", "newsletter=weekly&website=&email=typed%40reader.example"), http.StatusOK)
			want(t, r.ask("POST", "/subscribe", "application/json", `{"email":"json@reader.example","newsletters":["weekly"]}`), http.StatusOK)
			unlock()
			r.later(slowerBy + time.Hour)
			must(t, r.TakeInbox(t.Context()))
			must(t, r.SendLetters(t.Context()))
			for _, w := range wishes {
				if err := w.check(); err != nil {
					t.Errorf("%s: %v", w.name, err)
				}
				if got := r.post.count(w.who) - w.had; got != w.mails {
					t.Errorf("%s: %d mails, want %d", w.name, got, w.mails)
				}
			}
			for _, who := range []string{"typed@reader.example", "json@reader.example"} {
				if r.wantState("weekly", who, store.Pending); r.post.count(who) != 1 {
					t.Errorf("a sign-up got %d mails", r.post.count(who))
				}
			}
		})
	}
}

// lockedNode locks the newsroom itself.
func lockedNode(r *room) (unlock func()) {
	key, err := os.ReadFile(filepath.Join(r.dir, newsroom.KeyFile))
	must(r.t, err)
	r.LockKeys()
	return func() { must(r.t, r.Unlock(r.t.Context(), string(key), 0)) }
}

// readersNode has the pages served by another node, which has the web key alone. The
// newsroom that has the master key goes on beside it.
func readersNode(r *room) (unlock func()) {
	file := filepath.Join(r.dir, "broadsheet.webkey")
	must(r.t, os.WriteFile(file, []byte(r.Keys.WebKey().Encode()), 0o600))
	n, err := newsroom.Open(r.t.Context(), newsroom.Options{
		Dir: r.dir, Clock: r.now, Who: "web", Lookup: func(string) (string, bool) { return "", false },
		Log: slog.New(slog.NewTextHandler(r.log, nil)),
		Config: func(c *config.Config) error {
			c.Key = config.Key{Web: true, WebFile: file}
			return nil
		},
	})
	must(r.t, err)
	r.t.Cleanup(func() { _ = n.Close() })
	if !n.Keys.Locked() {
		r.t.Fatal("the readers' node has the master key")
	}
	r.pages = Handler(n, Options{})
	return func() {}
}

// readAll asks for every page that is the same for everyone.
func (r *room) readAll() {
	r.t.Helper()
	edition := r.get(webRef)
	want(r.t, edition, http.StatusOK, "Harbour bridge")
	picture := edition.Body.String()
	picture = picture[strings.Index(picture, newsroom.PathMedia):]
	picture = picture[:strings.IndexByte(picture, '"')]
	for _, path := range []string{"/subscribe", "/subscribe/embed?newsletter=weekly", "/a/weekly", "/feed/weekly", picture, "/robots.txt"} {
		want(r.t, r.get(path), http.StatusOK)
	}
	want(r.t, r.get("/nonesuch"), http.StatusNotFound)
	want(r.t, r.get("/u/weekly/"+strings.Repeat("A", 35)), http.StatusGone)
}

// wish is what a reader asks for on a page.
type wish struct {
	name, who  string
	path, body string
	had, mails int // mails before, and that come of it
	check      func() error
}

// wishes are one of each kind, each of a reader of its own.
func (r *room) wishes() []wish {
	ctx, tie := r.t.Context(), func(who string) store.Subscription { return r.reader(who).Ties[0] }
	is := func(who string, want store.SubscriptionState) func() error {
		return func() error {
			if got := tie(who); got.State != want {
				return fmt.Errorf("is %s, want %s", got.State, want)
			}
			return nil
		}
	}
	all := []wish{
		{name: "leave", path: newsroom.PathUnsubscribe, mails: 1},
		{name: "one click", path: newsroom.PathUnsubscribe, body: "List-Unsubscribe=One-Click", mails: 1},
		{name: "pause", path: newsroom.PathPreferences, body: "newsletter=weekly&pause=4"},
		{name: "format", path: newsroom.PathPreferences, body: "newsletter=weekly&format=text"},
		{name: "leave by preferences", path: newsroom.PathPreferences, mails: 1},
		{name: "hide the appeal", path: newsroom.PathAppeal, body: "appeal=never"},
		{name: "copy", path: newsroom.PathExport, mails: 1},
		{name: "erase", path: newsroom.PathErase},
		{name: "erase for good", path: newsroom.PathErase, body: "never=1"},
		{name: "confirm", path: newsroom.PathConfirm, body: "newsletter=weekly"},
		{name: "return", path: newsroom.PathReturn},
	}
	purposes := map[string]subscribers.Purpose{
		newsroom.PathUnsubscribe: subscribers.Unsubscribe, newsroom.PathPreferences: subscribers.Preferences, newsroom.PathAppeal: subscribers.Preferences,
		newsroom.PathExport: subscribers.Export, newsroom.PathErase: subscribers.Erase, newsroom.PathConfirm: subscribers.Confirm, newsroom.PathReturn: subscribers.Return,
	}
	for i := range all {
		w := &all[i]
		w.who = fmt.Sprintf("wish%d@reader.example", i)
		if w.name == "confirm" {
			r.signUp("weekly", w.who)
		} else {
			_, err := r.Add(ctx, "weekly", w.who, "", "", "word")
			must(r.t, err)
		}
		if w.name == "return" {
			must(r.t, r.Remove(ctx, w.who, newsroom.Removal{}))
		}
		w.path += "weekly/" + r.token(purposes[w.path], "weekly", w.who)
		w.check = is(w.who, map[bool]store.SubscriptionState{true: store.Unsubscribed, false: store.Confirmed}[w.mails == 1 && w.name != "copy"])
	}
	must(r.t, r.SendLetters(ctx))
	for i := range all {
		w := &all[i]
		w.had = r.post.count(w.who)
		switch stays := w.check; w.name {
		case "pause":
			w.check = func() error { return orSay(stays(), !tie(w.who).PausedUntil.IsZero(), "not paused") }
		case "format":
			w.check = func() error { return orSay(stays(), tie(w.who).Variant == "text", "not text") }
		case "hide the appeal":
			w.check = func() error { return orSay(stays(), !tie(w.who).AppealUntil.IsZero(), "shown") }
		case "copy":
			w.check = func() error {
				text := textOf(r.t, r.post.to(w.who))
				return orSay(stays(), strings.Contains(text, w.who) && strings.Contains(text, `"2026-W48"`), "the mail has no copy")
			}
		case "erase", "erase for good":
			index := r.reader(w.who).Index
			w.check = func() error {
				_, err := r.Store.SubscriberByIndex(ctx, index)
				_, barred, suppressErr := r.Store.Suppressed(ctx, index)
				return orSay(suppressErr, err != nil && barred == (w.name == "erase for good"), fmt.Sprintf("there: %v, barred: %v", err == nil, barred))
			}
		}
	}
	return all
}

func orSay(err error, holds bool, what string) error {
	if err == nil && !holds {
		err = fmt.Errorf("%s", what)
	}
	return err
}
