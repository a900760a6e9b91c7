package newsroom_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// copySite is a mirror that can be taken down.
type copySite struct {
	*httptest.Server
	down atomic.Bool
}

func mirrorSite(t *testing.T) *copySite {
	t.Helper()
	m := &copySite{}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if m.down.Load() || r.URL.Path != "/alive" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(m.Close)
	return m
}

// copies is a setting of mirrors of the wire's site.
func copies(links string, at ...*copySite) settings {
	var all []string
	for _, m := range at {
		all = append(all, `"`+m.URL+`"`)
	}
	return settings{"formats": "[full]", "mirrors": "{site: https://www.wire.example, at: [" + strings.Join(all, ", ") + "], links: " + links + ", check: /alive, allow_private: true, text: true}"}
}

// TestWrittenMirrors: the first mirror that answers at the freeze stands in the mail, in
// every form and part of it; where none does the first, and the editors are told.
func TestWrittenMirrors(t *testing.T) {
	one, two := mirrorSite(t), mirrorSite(t)
	for name, c := range map[string]struct {
		oneDown, twoDown bool
		use, want        string
		told             bool
	}{
		"both":   {want: one.URL},
		"second": {oneDown: true, want: two.URL},
		"none":   {oneDown: true, twoDown: true, want: one.URL, told: true},
		"chosen": {use: two.URL, want: two.URL},
	} {
		t.Run(name, func(t *testing.T) {
			one.down.Store(c.oneDown)
			two.down.Store(c.twoDown)
			change := copies("written", one, two)
			change["editors"] = "[desk@observer.example]"
			boxed(t, change, func(t *testing.T, r *room) {
				r.pictured()
				if c.use != "" {
					if err := r.n.UseMirror(t.Context(), c.use); err != nil {
						t.Fatal(err)
					}
				}
				for to, l := range r.sent("digest", "full", "text", "private") {
					if to == "desk@observer.example" {
						continue
					}
					for part, text := range map[string]string{"HTML": l.html, "text": l.text} {
						if strings.Contains(text, "wire.example") || text != "" && !strings.Contains(text, c.want+"/harbour-crane-harb1126") {
							t.Errorf("the %s of %s does not lead to %s", part, to, c.want)
						}
					}
				}
				if subjects, _ := r.told(); strings.Contains(strings.Join(subjects, "\n"), "no mirror answers") != c.told {
					t.Errorf("the editors heard %q", subjects)
				}
			})
		})
	}
}

// leads is where a link of Friday's edition leads now.
func (r *room) leads(number int) (newsroom.Detour, error) {
	return r.n.Detour(context.Background(), "weekly", digest.Slot("2026-11-27T09:00"), number)
}

// TestMirrorsByPage: every reader gets the same link, which leads to what works when it is
// asked for, and to nothing but the edition's own links.
func TestMirrorsByPage(t *testing.T) {
	one, two := mirrorSite(t), mirrorSite(t)
	boxed(t, copies("page", one, two), func(t *testing.T, r *room) {
		r.pictured()
		if _, err := r.leads(1); err == nil {
			t.Error("a link leads on before there is an edition")
		}
		got := r.sent("digest", "full", "text", "private")
		const page = "https://news.observer.example/g/weekly/2026-11-27T09:00/"
		for to, l := range got {
			for part, text := range map[string]string{"HTML": l.html, "text": l.text} {
				if strings.Contains(text, "wire.example") || text != "" && !strings.Contains(text, page+"1") {
					t.Errorf("the %s of %s does not lead to the page", part, to)
				}
			}
		}
		want := func(number int, to string) {
			t.Helper()
			if d, err := r.leads(number); err != nil || d.To != to {
				t.Errorf("link %d leads to %q (%v), want %q", number, d.To, err, to)
			}
		}
		look := func() {
			t.Helper()
			if err := r.n.CheckMirrors(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		path := "/harbour-crane-harb1126"
		want(1, one.URL+path) // not looked at: it may work
		look()
		want(1, one.URL+path)
		one.down.Store(true)
		look()
		want(1, one.URL+path) // one bad look is not believed
		look()
		want(1, two.URL+path)
		if err := r.n.UseMirror(t.Context(), one.URL); err != nil {
			t.Fatal(err)
		}
		want(1, one.URL+path) // an operator's word
		if err := r.n.UseMirror(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		two.down.Store(true)
		look()
		look()
		d, err := r.leads(1)
		if err != nil || d.To != "" || len(d.Page.Tries) != 3 || d.Page.Tries[2] != "https://wire.example"+path || !strings.Contains(d.Page.Story.HTML, "The article ends.") {
			t.Errorf("where no mirror works: %+v, %v", d, err)
		}
		for _, number := range []int{0, -1, 6, 99} {
			if _, err := r.leads(number); err == nil {
				t.Errorf("link %d leads somewhere", number)
			}
		}
		if err := r.n.UseMirror(t.Context(), "https://evil.example"); err == nil || !strings.Contains(err.Error(), "there is no mirror") {
			t.Errorf("error %v", err)
		}
	})
}

// TestDetoursKeepTheirNumbers: those in mails that are out lead where they did, whatever
// a mended revision says.
func TestDetoursKeepTheirNumbers(t *testing.T) {
	one := mirrorSite(t)
	boxed(t, copies("page", one), func(t *testing.T, r *room) {
		r.sent("digest")
		before, err := r.leads(1)
		if err != nil {
			t.Fatal(err)
		}
		r.feed(append([]story{{"Quite another thing", thursday.Add(-2 * 3600e9)}}, storiesAt(thursday.Add(-3*3600e9), 5)...)...)
		r.reopen(fridays)
		if _, err := r.n.Draft(t.Context(), "weekly", "2026-11-27", true); err != nil {
			t.Fatal(err)
		}
		r.approve(fridays)
		if _, err := r.n.Send(t.Context(), fridays, newsroom.SendOptions{To: "delivered"}); err != nil {
			t.Fatal(err)
		}
		after, err := r.leads(1)
		if err != nil || after.To != before.To {
			t.Errorf("link 1 led to %s and leads to %s now (%v)", before.To, after.To, err)
		}
		if d, err := r.leads(6); err != nil || !strings.HasSuffix(d.To, "/quite-another-thing") {
			t.Errorf("what is new has no number of its own: %+v, %v", d, err)
		}
	})
}

// TestMirrorsDoNotVoidAnApproval: which one works is no part of what was approved.
func TestMirrorsDoNotVoidAnApproval(t *testing.T) {
	one, two := mirrorSite(t), mirrorSite(t)
	boxed(t, copies("written", one, two), func(t *testing.T, r *room) {
		if _, err := r.n.Add(t.Context(), "weekly", address(0), "", "", "test"); err != nil {
			t.Fatal(err)
		}
		r.ready()
		one.down.Store(true)
		if a := r.send(fridays, newsroom.SendOptions{Force: "mirrors of this machine"}); a.Accepted != 1 {
			t.Errorf("accounting %+v", a)
		}
		page, err := r.n.MirrorPage(t.Context(), &r.n.Config.Newsletters[0], store.Edition{Newsletter: "weekly"}, `<a href="https://wire.example/x?a=1&amp;b=2">`)
		if err != nil || page != `<a href="`+one.URL+`/x?a=1&amp;b=2">` {
			t.Errorf("the page on the web: %s, %v", page, err)
		}
	})
}
