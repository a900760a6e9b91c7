package web

import (
	"net/http"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/templates"
)

// Options change how the pages are served. The zero value is right for readers.
type Options struct {
	// FrameAncestors says who may show the pages in a frame, as CSP has it:
	// "http://127.0.0.1:8025". Empty: nobody.
	FrameAncestors string
}

// site is what every route works with.
type site struct {
	n       *newsroom.Newsroom
	o       Options
	base    string            // path of the site's address, without a trailing slash; often empty
	sheets  map[string][]byte // stylesheets by their names
	sheetOf map[string]string // newsletter -> name of its stylesheet
	asks    *limits

	pages   *memo[string]                 // editions on the web
	mailed  *memo[int]                    // of a reopened edition: the revision that readers have; 0 for none
	entries *memo[templates.ArchiveEntry] // lines of the archives
}

// Handler serves the readers' pages. Their addresses are newsroom's Path
// constants, below the path of the site's own address where it has one; a proxy
// may strip that path or not.
func Handler(n *newsroom.Newsroom, o Options) http.Handler {
	s := &site{
		n: n, o: o, base: n.Config.Site.Path,
		sheets: map[string][]byte{}, sheetOf: map[string]string{},
		asks:  newLimits(n.Config.SignUp, n.Clock),
		pages: newMemo[string](32), mailed: newMemo[int](1000), entries: newMemo[templates.ArchiveEntry](10 * archiveLength),
	}
	s.cutStylesheets()
	return s.below(s.guard(s.routes()))
}

func (s *site) routes() http.Handler {
	mux := http.NewServeMux()
	link := "{newsletter}/{token}"
	for pattern, do := range map[string]action{
		"GET " + newsroom.PathArchive + "{newsletter}": s.archive,
		"GET " + newsroom.PathUnsubscribe + link:       s.askToLeave,
		"POST " + newsroom.PathUnsubscribe + link:      s.leave,
		"GET " + newsroom.PathPreferences + link:       s.preferences,
		"POST " + newsroom.PathPreferences + link:      s.choose,
		"GET " + newsroom.PathAppeal + link:            s.appeal,
		"POST " + newsroom.PathAppeal + link:           s.hide,
		"GET " + newsroom.PathConfirm + link:           s.askToConfirm,
		"POST " + newsroom.PathConfirm + link:          s.confirm,
		"GET " + newsroom.PathReturn + link:            s.askToReturn,
		"POST " + newsroom.PathReturn + link:           s.comeBackLater,
		"GET " + newsroom.PathExport + link:            s.askForCopy,
		"POST " + newsroom.PathExport + link:           s.sendCopy,
		"GET " + newsroom.PathErase + link:             s.askToErase,
		"POST " + newsroom.PathErase + link:            s.erase,
		"GET " + newsroom.PathPrivacy + "{newsletter}": s.privacy,
		"GET " + newsroom.PathEmbed:                    s.embed,
		"GET " + newsroom.PathSubscribe:                s.askToJoin,
		"POST " + newsroom.PathSubscribe:               s.join,
		"GET /{path...}":                               s.nothing,
	} {
		mux.Handle(pattern, s.page(do))
	}
	mux.Handle("GET "+newsroom.PathEdition+"{newsletter}/{slot}", s.file(s.edition))
	mux.Handle("GET "+newsroom.PathDetour+"{newsletter}/{slot}/{number}", s.file(s.detour))
	mux.Handle("GET "+newsroom.PathFeed+"{newsletter}", s.file(s.feed))
	mux.Handle("GET "+newsroom.PathMedia+"{name}", s.file(s.picture))
	mux.Handle("GET /assets/{name}", s.file(s.asset))
	mux.Handle("GET /robots.txt", s.file(s.robots))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, s.base+newsroom.PathSubscribe, http.StatusFound)
	})
	return mux
}

// below takes the path of the site's address off, where a proxy has left it on.
func (s *site) below(h http.Handler) http.Handler {
	if s.base == "" {
		return h
	}
	stripped := http.StripPrefix(s.base, h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, s.base+"/") {
			stripped.ServeHTTP(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// answer is what an action comes to: a page, in the look of a newsletter.
type answer struct {
	status int                // 0: 200
	page   templates.Page     // what is shown
	letter *config.Newsletter // nil: the one that the address names, or the first
	data   any                // shown in place of the page, as JSON, to a program that asked in JSON
	keep   string             // Cache-Control; empty: no-store
	script bool               // the page has a script of ours
}

// action answers a request. An error becomes a page too: see failure.
type action func(r *http.Request) (answer, error)

// nothing answers for every address that is none of ours.
func (s *site) nothing(*http.Request) (answer, error) {
	return answer{status: http.StatusNotFound, page: templates.NotFoundPage{}}, nil
}
