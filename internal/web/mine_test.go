package web

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates/words"
)

// TestPause: a reader pauses all they have, sees until when, and ends it.
func TestPause(t *testing.T) {
	r := open(t, Options{})
	path := newsroom.PathPreferences + "weekly/" + r.token(subscribers.Preferences, "weekly", ada)
	want(t, r.get(path), http.StatusOK, `value="none" id="pause-none" checked`, "Send nothing for 4 weeks")
	want(t, r.get(path), http.StatusOK, `<input type="date" name="day" id="pause-day" min="2026-11-28" max="2027-11-27">`)
	zone := r.Config.Newsletters[0].Location
	day := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, 0, 0, 0, 0, zone)
	}
	until := func() time.Time { return r.reader(ada).Ties[0].PausedUntil }
	for _, c := range []struct {
		said string
		want time.Time
	}{
		{"4", friday.AddDate(0, 0, 28)},
		{"until", friday.AddDate(0, 0, 28)},
		{"5", friday.AddDate(0, 0, 28)}, // is not offered
		{"-1", friday.AddDate(0, 0, 28)},
		{"2", friday.AddDate(0, 0, 14)},
		{"none", time.Time{}},
		{"4&day=2026-12-24", day(2026, 12, 24)},     // a day goes before
		{"until&day=2026-11-27", day(2026, 12, 24)}, // has begun
		{"2&day=2027-11-29", day(2026, 12, 24)},     // too far
		{"2&day=soon", day(2026, 12, 24)},
		{"none&day=2027-11-27", day(2027, 11, 27)},
		{"none&day=", time.Time{}},
	} {
		says := "Saved."
		if slices.Contains([]string{"until&day=2026-11-27", "2&day=2027-11-29", "2&day=soon"}, c.said) {
			says = `role="alert">This day cannot be read, or does not lie within the coming year. Please write it like 2026-11-28.</p>`
		}
		w := r.form(path, "newsletter=weekly&pause="+c.said)
		want(t, w, http.StatusOK, says)
		if strings.Contains(w.Body.String(), "Saved.") != (says == "Saved.") {
			t.Errorf("pause=%s: it says that it is saved, and that it is not", c.said)
		}
		if got := until(); !got.Equal(c.want) {
			t.Errorf("pause=%s: until %s, want %s", c.said, got, c.want)
		}
	}
	want(t, r.form(path, "newsletter=weekly&pause=2"), http.StatusOK, `value="until" id="pause-until" checked`, "Paused until: Friday, 11 December 2026")
	r.later(15 * 24 * time.Hour)
	want(t, r.get(path), http.StatusOK, `value="none" id="pause-none" checked`)
}

// TestPaused: who pauses gets no edition meanwhile.
func TestPaused(t *testing.T) {
	r := open(t, Options{})
	path := newsroom.PathPreferences + "weekly/" + r.token(subscribers.Preferences, "weekly", ada)
	want(t, r.form(path, "newsletter=weekly&pause=2"), http.StatusOK)
	r.draft()
	r.approve()
	r.send()
	if r.post.count(ada) != 0 || r.post.count(ben) != 1 {
		t.Errorf("%d to one who pauses, %d to one who does not", r.post.count(ada), r.post.count(ben))
	}
}

func (r *room) linkOn(page, path string) string {
	r.t.Helper()
	found := regexp.MustCompile(`href="(` + path + `weekly/[A-Za-z0-9_-]{35})"`).FindStringSubmatch(page)
	if found == nil {
		r.t.Fatalf("no link to %s", path)
	}
	return found[1]
}

// TestCopy: a reader's data go to their mailbox, once a day, and no page shows them.
func TestCopy(t *testing.T) {
	r := sent(t)
	preferences := r.get(newsroom.PathPreferences + "weekly/" + r.token(subscribers.Preferences, "weekly", ada))
	path := r.linkOn(preferences.Body.String(), newsroom.PathExport)
	before := r.post.count(ada)
	shown := r.get(path).Body.String()
	must(t, r.SendLetters(t.Context()))
	if r.post.count(ada) != before {
		t.Error("a GET has sent it")
	}
	for range 3 {
		w := r.form(path, "")
		want(t, w, http.StatusOK, "It is on its way")
		shown += w.Body.String()
	}
	must(t, r.SendLetters(t.Context()))
	if n := r.post.count(ada) - before; n != 1 {
		t.Fatalf("%d mails, want one", n)
	}
	m := r.post.to(ada)
	text := textOf(t, m)
	for _, held := range []string{ada, "asked us at the harbour fair", `"2026-W48"`, ref, `"accepted"`} {
		if !strings.Contains(text, held) {
			t.Errorf("the mail lacks %q: %s", held, text)
		}
	}
	if strings.Contains(shown, ada) || strings.Contains(preferences.Body.String(), ada) {
		t.Error("a page shows the address")
	}
	if m.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Error("it is not Auto-Submitted")
	}
}

// TestErase: a GET shows, a POST deletes, and one last mail says so.
func TestErase(t *testing.T) {
	for name, never := range map[string]bool{"": false, "never=1": true} {
		t.Run("with "+name, func(t *testing.T) {
			r := open(t, Options{})
			path := r.linkOn(r.get(newsroom.PathPreferences+"weekly/"+r.token(subscribers.Preferences, "weekly", ada)).Body.String(), newsroom.PathErase)
			index := r.reader(ada).Index
			want(t, r.get(path+"?never=1"), http.StatusOK, `method="post"`, `name="never"`)
			must(t, r.SendLetters(t.Context()))
			if r.reader(ada); r.post.count(ada) != 0 {
				t.Error("a GET acts")
			}
			said := map[bool]string{false: words.For("en").ErasedText, true: words.For("en").ErasedKept}
			done := r.form(path, name)
			want(t, done, http.StatusOK, "Deleted", words.For("en").ErasedLast, said[never])
			if strings.Contains(done.Body.String(), said[!never]) {
				t.Errorf("what is kept is not said truly: %s", done.Body)
			}
			want(t, r.form(path, name), http.StatusGone)
			want(t, r.get(path), http.StatusGone)
			if _, err := r.Store.SubscriberByIndex(t.Context(), index); err == nil {
				t.Error("the reader is there")
			}
			_, suppressed, err := r.Store.Suppressed(t.Context(), index)
			must(t, err)
			if suppressed != never {
				t.Errorf("suppressed: %t", suppressed)
			}
			must(t, r.SendLetters(t.Context()))
			if m := r.post.to(ada); r.post.count(ada) != 1 || !strings.HasPrefix(m.Header.Get("Subject"), "Deleted: ") {
				t.Errorf("%d mails", r.post.count(ada))
			} else if strings.Contains(strings.Join(strings.Fields(textOf(t, m)), " "), said[true]) != never {
				t.Errorf("the last mail does not say what is kept: %s", textOf(t, m))
			}
			r.signUp("weekly", ada)
			if _, err := r.Store.SubscriberByIndex(t.Context(), index); (err != nil) != never {
				t.Errorf("signing up again: %v", err)
			}
		})
	}
}

// TestPrivacy: the newsroom's own policy is a page, in the newsletter's language.
func TestPrivacy(t *testing.T) {
	r := configured(t, Options{}, func(c *config.Config) error {
		c.Newsletters[1].Privacy = "# Что мы знаем\n\nАдрес, и ничего больше.\n\n<script>x</script>"
		c.Newsletters[1].Look.Footer.PrivacyURL = "https://news.harbour-observer.example/privacy/tides"
		return nil
	})
	w := r.get("/privacy/tides")
	want(t, w, http.StatusOK, `<html lang="ru"`, "<h1>Что мы знаем</h1>", "<p>Адрес, и ничего больше.</p>")
	if strings.Contains(w.Body.String(), "script") {
		t.Error("raw HTML came through")
	}
	want(t, r.get("/privacy/weekly"), http.StatusNotFound)
	want(t, r.get("/privacy/nonesuch"), http.StatusNotFound)
	want(t, r.get("/subscribe?newsletter=tides"), http.StatusOK, `Подписываясь, вы соглашаетесь с <a href="https://news.harbour-observer.example/privacy/tides">политикой конфиденциальности</a>.`)
	if strings.Contains(r.get("/subscribe").Body.String(), "By subscribing") {
		t.Error("readers agree to what is not there")
	}
}

// TestEmbed: the form for another page is one that our own route takes.
func TestEmbed(t *testing.T) {
	r := open(t, Options{})
	w := r.get("/subscribe/embed?newsletter=tides")
	want(t, w, http.StatusOK, `<html lang="ru"`, `&lt;form method=&#34;post&#34; action=&#34;https://news.harbour-observer.example/subscribe&#34;&gt;`, `value=&#34;tides&#34;`)
	want(t, r.form("/subscribe", "newsletter=tides&page=embed&website=&email=new.reader%40reader.example"), http.StatusOK, `<html lang="ru"`)
	r.later(slowerBy)
	must(t, r.TakeSignUps(t.Context()))
	got, err := r.Store.Consents(t.Context(), r.reader(newcomer).Number)
	must(t, err)
	if got[0].Page != "embed" {
		t.Errorf("%+v", got)
	}
}

// TestPreview: the sign-up leads to the newest edition, once there is one.
func TestPreview(t *testing.T) {
	r := open(t, Options{})
	if strings.Contains(r.get("/subscribe").Body.String(), "Preview") {
		t.Error("there is nothing to preview")
	}
	r.draft()
	r.approve()
	r.send()
	want(t, r.get("/subscribe"), http.StatusOK, `<a href="`+webRef+`">Preview the latest edition</a>`)
}
