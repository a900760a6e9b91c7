package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// wantNoAppeal checks until when a reader has hidden the appeal.
func (r *room) wantNoAppeal(typed string, until time.Time) {
	r.t.Helper()
	if got := r.reader(typed).Ties[0].AppealUntil; !got.Equal(until) {
		r.t.Errorf("the appeal is hidden until %v, want %v", got, until)
	}
}

func TestHideTheAppeal(t *testing.T) {
	r := open(t, Options{})
	path := newsroom.PathAppeal + "weekly/" + r.token(subscribers.Preferences, "weekly", ada)
	later := friday.AddDate(0, 0, 8*7)
	w := r.get(path)
	want(t, w, http.StatusOK, `method="post" action="`+path+`"`, "Remind me in 8 weeks", "Do not ask me again")
	if strings.Contains(w.Body.String(), "Show it") {
		t.Error("what is shown is offered to be shown")
	}
	r.wantNoAppeal(ada, time.Time{})

	want(t, r.form(path, "appeal=later"), http.StatusOK, "Saved.", "Hidden until: Friday, 22 January 2027", "Show it", "Do not ask me again")
	r.wantNoAppeal(ada, later)
	r.wantNoAppeal(ben, time.Time{})
	for _, body := range []string{"", "appeal=", "appeal=until", "appeal=for+ever", "appeal=%zz", "List-Unsubscribe=One-Click"} {
		w := r.form(path, body)
		want(t, w, http.StatusOK, "Hidden until:")
		if strings.Contains(w.Body.String(), "Saved.") {
			t.Errorf("%q was saved", body)
		}
		r.wantNoAppeal(ada, later)
	}
	want(t, r.form(path, "appeal=never"), http.StatusOK, "Hidden for good", "Show it")
	r.wantNoAppeal(ada, store.ForGood)
	want(t, r.form(path, "appeal=show"), http.StatusOK, "Saved.", "Remind me in 8 weeks")
	r.wantNoAppeal(ada, time.Time{})
}

// TestAppealAmongThePreferences: it can be hidden there, too, and stays as it is where
// something else is saved.
func TestAppealAmongThePreferences(t *testing.T) {
	r := open(t, Options{})
	path := newsroom.PathPreferences + "weekly/" + r.token(subscribers.Preferences, "weekly", ada)
	later := friday.AddDate(0, 0, 8*7)
	want(t, r.get(path), http.StatusOK, `id="appeal-show" checked`)
	want(t, r.form(path, "newsletter=weekly&format=text&appeal=later"), http.StatusOK, `value="until" id="appeal-until" checked`, "Hidden until: Friday, 22 January 2027")
	r.wantNoAppeal(ada, later)
	want(t, r.form(path, "newsletter=weekly&format=digest&appeal=until"), http.StatusOK, `id="appeal-until" checked`)
	r.wantNoAppeal(ada, later)
	want(t, r.form(path, "newsletter=weekly&format=digest&appeal=never"), http.StatusOK, `id="appeal-never" checked`)
	r.wantNoAppeal(ada, store.ForGood)
	want(t, r.form(path, "newsletter=weekly&format=digest&appeal=show"), http.StatusOK, `id="appeal-show" checked`)
	r.wantNoAppeal(ada, time.Time{})

	_, err := r.Add(t.Context(), "tides", ada, "", "", "asked us")
	must(t, err)
	if w := r.get(newsroom.PathPreferences + "tides/" + r.token(subscribers.Preferences, "tides", ada)); strings.Contains(w.Body.String(), `name="appeal"`) {
		t.Error("a newsletter without an appeal offers to hide it")
	}
}
