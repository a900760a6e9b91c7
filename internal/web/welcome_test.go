package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// TestWelcome: who confirms is welcomed once, with the latest edition, where the
// newsletter does so; who is imported or added is not.
func TestWelcome(t *testing.T) {
	for _, welcome := range []bool{true, false} {
		r := configured(t, Options{}, func(c *config.Config) error {
			c.Newsletters[0].Welcome = welcome
			return nil
		})
		r.draft()
		r.approve()
		r.send()
		r.signUp("weekly", newcomer)
		must(t, r.SendLetters(t.Context()))
		path := newsroom.PathConfirm + "weekly/" + r.token(subscribers.Confirm, "weekly", newcomer)
		want(t, r.get(path), http.StatusOK)
		for range 2 {
			want(t, r.form(path, ""), http.StatusOK)
			must(t, r.SendLetters(t.Context()))
		}
		if !welcome {
			if n := r.post.count(newcomer); n != 1 {
				t.Errorf("%d mails without a welcome", n)
			}
			continue
		}
		m := r.post.to(newcomer)
		text := textOf(t, m)
		if n := r.post.count(newcomer); n != 2 || m.Header.Get("Subject") != "Welcome to The Friday letter" || m.Header.Get("Auto-Submitted") != "auto-generated" {
			t.Errorf("%d mails, the last %q", n, m.Header.Get("Subject"))
		}
		if !strings.Contains(text, "https://news.harbour-observer.example"+webRef) {
			t.Errorf("the latest edition is not in it: %s", text)
		}
		if r.post.count(ada) != 1 { // the edition
			t.Error("an added reader was welcomed")
		}
	}
}
