package newsroom_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/subscribers/segment"
	"github.com/broadsheet-news/broadsheet/templates"
)

const ofLanguages = "email,language,format\nuk@x.example,uk,\nru@x.example,ru-RU,\nchose@x.example,ru,text\nen@x.example,,\n"

func (r *room) imported(file string) {
	r.t.Helper()
	if _, err := r.n.Import(r.t.Context(), strings.NewReader(file), newsroom.ImportOptions{Newsletter: "weekly", Basis: "test"}); err != nil {
		r.t.Fatal(err)
	}
}

var preferences = regexp.MustCompile(regexp.QuoteMeta(newsroom.PathPreferences) + `weekly/([A-Za-z0-9_-]+)`)

// TestFormatForAPart: readers who chose nothing get the format of their part, which
// leaves no mark with them; who chooses another keeps that, be it the usual one of
// others.
func TestFormatForAPart(t *testing.T) {
	parts := settings{"format_for": "[{where: language = uk, format: private}, {where: 'language in (ru, uk)', format: full}]"}
	boxed(t, parts, func(t *testing.T, r *room) {
		r.pictured()
		r.imported(ofLanguages)
		r.ready()
		r.send(fridays, newsroom.SendOptions{})
		got := r.arrived()
		if l := got["uk@x.example"]; l.html == "" || len(l.pictures) == 0 || strings.Contains(l.html+l.text, newsroom.PathPreferences+"weekly/") {
			t.Error("the first part does not get the private form")
		}
		if l := got["ru@x.example"]; !strings.Contains(l.html, "The article ends.") {
			t.Error("the second part does not get the full text")
		}
		if l := got["chose@x.example"]; l.html != "" {
			t.Error("a choice does not stand")
		}
		if l := got["en@x.example"]; !strings.Contains(l.html, newsroom.PathMedia) || strings.Contains(l.html, "The article ends.") {
			t.Error("who is in no part does not get the usual form")
		}
		if stored := r.formatsStored(); stored != ",,,text" {
			t.Errorf("stored: %q", stored)
		}
		key := preferences.FindStringSubmatch(got["ru@x.example"].text)[1]
		for _, c := range []struct {
			choose, shown templates.Variant
			stored        string
		}{{"full", "full", ",,,text"}, {"digest", "digest", ",,digest,text"}, {"", "full", ",,,text"}} {
			choices, _, err := r.n.ChoicesOf(t.Context(), "weekly", key)
			if err == nil {
				choices.Variant = c.choose
				err = r.n.Choose(t.Context(), "weekly", key, choices)
			}
			if err == nil {
				choices, _, err = r.n.ChoicesOf(t.Context(), "weekly", key)
			}
			if err != nil || choices.Variant != c.shown || r.formatsStored() != c.stored {
				t.Errorf("chose %q: %q is shown, %q stored, error %v; want %q and %q", c.choose, choices.Variant, r.formatsStored(), err, c.shown, c.stored)
			}
		}
	})
}

// TestUsualFormatIsAChoice: where a part gets another form, who is said to want the
// usual one gets it.
func TestUsualFormatIsAChoice(t *testing.T) {
	onSQLite(t, settings{"format_for": "[{where: language = ru, format: text}]"}, func(t *testing.T, r *room) {
		r.imported("email,language,format\na@x.example,ru,digest\nb@x.example,ru,html\nc@x.example,ru,\n")
		if _, err := r.n.Add(t.Context(), "weekly", "d@x.example", "", "digest", "asked"); err != nil {
			t.Fatal(err)
		}
		if stored := r.formatsStored(); stored != ",,digest,digest" {
			t.Errorf("stored: %q", stored)
		}
	})
}

// TestSendToAPart: a part is announced, sent and told of as such, goes on with itself
// alone, and keeps no other mailing from its readers.
func TestSendToAPart(t *testing.T) {
	each(t, settings{"editors": "[ed@observer.example]"}, func(t *testing.T, r *room) {
		r.imported(ofLanguages)
		r.ready()
		russian := newsroom.SendOptions{Where: "language = ru"}
		a, err := r.n.AnnounceSend(t.Context(), fridays, russian)
		if err != nil || a.Readers != 2 || a.Audience != mailer.ToList || a.Where != russian.Where {
			t.Fatalf("announced %+v, %v", a, err)
		}
		var wrong *segment.Error
		if _, err := r.n.Send(t.Context(), fridays, newsroom.SendOptions{Where: "language ="}); !errors.As(err, &wrong) {
			t.Errorf("error %v", err)
		}
		done := r.send(fridays, russian)
		if done.Accepted != 2 || done.Audience != 2 || done.Where != russian.Where || done.Left != 2 {
			t.Errorf("accounting %+v", done)
		}
		r.got(once("ru@x.example", "chose@x.example", "ed@observer.example"))
		if _, err := r.n.Send(t.Context(), fridays, russian); err == nil || !strings.Contains(err.Error(), "nobody is left in the part language = ru") {
			t.Errorf("error %v", err)
		}
		rest := r.send(fridays, newsroom.SendOptions{To: mailer.ToRest})
		if rest.Audience != 2 || rest.Left != 0 || rest.Where != "" {
			t.Errorf("accounting %+v", rest)
		}
		if all := r.status(fridays); all.Accepted != 4 || all.Mailings[0].Where != russian.Where {
			t.Errorf("accounting %+v", all)
		}
	})
}
