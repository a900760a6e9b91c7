package web

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// TestFlood: however many sign-ups come for one address, from wherever and in whatever
// way, written however, for whichever newsletters, before a lock, in it and after it: it
// gets one mail, and nothing in that was typed by a visitor.
func TestFlood(t *testing.T) {
	many := 2000
	if testing.Short() {
		many = 300
	}
	r := configured(t, Options{}, func(c *config.Config) error {
		c.Listen.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		c.SignUp.InAll = 1_000_000 // no limit is to be what saves the victim
		return nil
	})
	address := r.serve()
	typed := []string{"victim@bücher.example", "VICTIM@Bücher.example", " victim@xn--bcher-kva.example\t", "<Victim@xn--BCHER-kva.example>", "mailto:victim@b%C3%BCcher.example"}
	works := map[string]url.Values{}
	for _, who := range typed {
		work, err := url.ParseQuery(r.work(strings.TrimSpace(who)))
		must(t, err)
		works[who] = work
	}
	flood := func(from, to int) {
		var all sync.WaitGroup
		var wrong atomic.Int32
		for part := range 8 {
			all.Go(func() {
				client := &http.Client{Transport: &http.Transport{}}
				defer client.CloseIdleConnections()
				for i := from + part; i < to; i += 8 {
					if status := shout(client, address, i, typed[i%len(typed)], works[typed[i%len(typed)]]); status != http.StatusOK {
						wrong.Add(1)
					}
				}
			})
		}
		all.Wait()
		if n := wrong.Load(); n > 0 {
			t.Errorf("%d of %d were not answered as they should be", n, to-from)
		}
	}
	ctx := t.Context()
	flood(0, many/2)
	must(t, r.SendLetters(ctx))
	r.LockKeys()
	flood(many/2, many*3/4)
	must(t, r.SendFromMemory(ctx))
	r.unlock()
	flood(many*3/4, many)
	r.later(3 * slowerBy)
	must(t, r.SendLetters(ctx))
	must(t, r.SendLetters(ctx))

	r.post.mu.Lock()
	defer r.post.mu.Unlock()
	mails := 0
	for who, n := range r.post.all {
		if mails += n; !strings.EqualFold(who, "victim@xn--bcher-kva.example") {
			t.Error("somebody else got mail")
		}
		m := r.post.mails[who]
		if raw := fmt.Sprint(m.Header) + textOf(t, m); strings.Contains(strings.ToLower(raw), "evil") {
			t.Errorf("what was typed stands in the mail: %s", raw)
		}
	}
	if mails != 1 {
		t.Errorf("%d mails, want one", mails)
	}
}

// shout posts the i-th sign-up of a flood, each from a network of its own.
func shout(client *http.Client, address string, i int, who string, work url.Values) int {
	f := url.Values{
		"email": {who}, "newsletter": [][]string{{"weekly"}, {"tides"}, {"weekly", "tides"}}[i%3],
		"name": {"EVIL http://evil.example\r\nBcc: evil@evil.example"}, "page": {"evil"}, "format": {"evil"},
	}
	kind, body := formKind, ""
	switch i % 4 {
	case 0: // our own page, with script
		f["challenge"], f["answer"] = work["challenge"], work["answer"]
		body = f.Encode()
	case 1: // a form elsewhere
		body = f.Encode()
	case 2: // a browser that posts multipart
		var text strings.Builder
		for name, values := range f {
			for _, value := range values {
				fmt.Fprintf(&text, "--b\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", name, value)
			}
		}
		kind, body = "multipart/form-data; boundary=b", text.String()+"--b--\r\n"
	default: // a program
		text, _ := json.Marshal(signUp{Email: who, Newsletters: f["newsletter"], Name: f.Get("name"), Page: "evil", Format: "evil"})
		kind, body = "application/json", string(text)
	}
	req, err := http.NewRequest(http.MethodPost, "http://"+address+"/subscribe", strings.NewReader(body))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("203.0.113.9, 100.%d.%d.7", i>>8, i&0xff))
	answer, err := client.Do(req)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	return answer.StatusCode
}

// serve serves the pages until the end of the test, and says where.
func (r *room) serve() (address string) {
	r.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(r.t, err)
	ctx, stop := context.WithCancel(r.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, newServer(r.pages, r.Log), l) }()
	r.t.Cleanup(func() {
		stop()
		must(r.t, <-ended)
	})
	return l.Addr().String()
}

func (r *room) unlock() {
	r.t.Helper()
	key, err := os.ReadFile(filepath.Join(r.dir, newsroom.KeyFile))
	must(r.t, err)
	must(r.t, r.Unlock(r.t.Context(), string(key), 0))
}

// TestSignUpLooksNowhere: a sign-up is answered the same while there is no table but the
// one it goes into. So it asks nothing, and writes nothing, that would differ from
// address to address.
func TestSignUpLooksNowhere(t *testing.T) {
	for name, c := range map[string]struct {
		locked bool
		needs  []string
	}{
		"unlocked": {false, []string{"sign_up", "meta"}},
		"locked":   {true, []string{"inbox"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t, Options{})
			must(t, r.Remove(t.Context(), ben, newsroom.Removal{Suppress: true}))
			if c.locked {
				r.LockKeys()
			}
			ask := func() (answers []string) {
				for _, who := range []string{newcomer, ada, ben, newcomer} {
					w := r.form("/subscribe", "newsletter=weekly&email="+url.QueryEscape(who)+r.work(who))
					want(t, w, http.StatusOK, "Check your mail")
					answers = append(answers, fmt.Sprint(w.Header(), w.Body))
				}
				return answers
			}
			before := ask()
			r.leaveOnly(c.needs...)
			if after := ask(); !slices.Equal(before, after) || before[0] != before[1] {
				t.Error("the answers differ")
			}
		})
	}
}

// leaveOnly takes every other table from the database.
func (r *room) leaveOnly(needs ...string) {
	r.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(r.dir, "broadsheet.db"))
	must(r.t, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	rows, err := db.Query(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
	must(r.t, err)
	var names []string
	for rows.Next() {
		var name string
		must(r.t, rows.Scan(&name))
		if !slices.Contains(needs, name) {
			names = append(names, name)
		}
	}
	must(r.t, rows.Close())
	for _, name := range names {
		_, err := db.Exec(`ALTER TABLE "` + name + `" RENAME TO "gone_` + name + `"`)
		must(r.t, err)
	}
	if len(names) < 10 {
		r.t.Errorf("only %d tables were taken away", len(names))
	}
}
