package newsroom_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
)

// cms is a site with a feed that says little, WordPress's and Ghost's interfaces, and
// sitemaps.
type cms struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
	posts int
	step  int             // hours from one to the next
	off   map[string]bool // by path: it does not answer
}

const ghostKey = "22444f78447824223cefc48062"

func openCMS(t *testing.T, posts int) *cms {
	t.Helper()
	c := &cms{posts: posts, step: 1, off: map[string]bool{}}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

func (c *cms) at(i int) time.Time { return thursday.Add(-time.Duration((i+1)*c.step) * time.Hour) }

func (c *cms) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, r.URL.RequestURI())
	q := r.URL.Query()
	page := max(1, atoi(q.Get("page")))
	if c.off[r.URL.Path] {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("ETag", `"1"`)
	if r.Header.Get("If-None-Match") == `"1"` {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	switch r.URL.Path {
	case "/wp-json/wp/v2/posts":
		size := atoi(q.Get("per_page"))
		if (page-1)*size >= c.posts && page > 1 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		c.list(w, (page-1)*size, size, func(i int) any {
			return map[string]any{
				"link": fmt.Sprintf("%s/%d/", c.URL, i), "guid": map[string]string{"rendered": fmt.Sprintf("%s/?p=%d", c.URL, i)},
				"title": map[string]string{"rendered": fmt.Sprintf("Post %d", i)}, "date_gmt": c.at(i).Format("2006-01-02T15:04:05"),
				"content":   map[string]any{"rendered": "<p>What WordPress has of it, in a paragraph of some length.</p>"},
				"_embedded": map[string]any{"author": []any{map[string]string{"name": "Ada Quay"}}, "wp:featuredmedia": []any{map[string]any{"source_url": fmt.Sprintf("%s/%d.jpg", c.URL, i), "mime_type": "image/jpeg"}}},
			}
		})
	case "/ghost/api/content/posts/":
		if q.Get("key") != ghostKey {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		fmt.Fprint(w, `{"posts":`)
		c.list(w, (page-1)*atoi(q.Get("limit")), atoi(q.Get("limit")), func(i int) any {
			return map[string]any{"id": strconv.Itoa(i), "url": fmt.Sprintf("%s/%d/", c.URL, i), "title": fmt.Sprintf("Post %d", i), "published_at": c.at(i), "html": "<p>What Ghost has of it.</p>"}
		})
		fmt.Fprint(w, `,"meta":{}}`)
	case "/feed":
		fmt.Fprint(w, `<rss version="2.0"><channel><title>Press</title>`)
		for i := range min(c.posts, 3) {
			fmt.Fprintf(w, `<item><title>Post %d</title><link>%s/%d</link><guid isPermaLink="false">x%[1]d</guid></item>`, i, c.URL, i)
		}
		fmt.Fprint(w, `</channel></rss>`)
	case "/sitemap.xml":
		fmt.Fprintf(w, `<sitemapindex><sitemap><loc>%s/news.xml.gz</loc></sitemap><sitemap><loc>/pages.xml</loc></sitemap></sitemapindex>`, c.URL)
	case "/news.xml.gz":
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		fmt.Fprint(z, `<urlset>`)
		for i := range c.posts {
			fmt.Fprintf(z, `<url><loc>%s/%d/</loc><news><publication_date>%s</publication_date><title>Post %[2]d</title></news><image><loc>%[1]s/%[2]d.jpg</loc></image></url>`, c.URL, i, c.at(i).Format(time.RFC3339))
		}
		fmt.Fprint(z, `</urlset>`)
		_ = z.Close()
		w.Header().Set("Content-Type", "application/x-gzip")
		_, _ = w.Write(b.Bytes())
	case "/pages.xml":
		fmt.Fprint(w, `<urlset><url><loc>/about</loc></url></urlset>`)
	default:
		http.NotFound(w, r)
	}
}

func (c *cms) list(w http.ResponseWriter, from, size int, post func(int) any) {
	list := []any{}
	for i := from; i < min(from+size, c.posts); i++ {
		list = append(list, post(i))
	}
	_ = json.NewEncoder(w).Encode(list)
}

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }

// TestInterfaces reads each kind of source by its address, page by page, and completes a
// feed from it.
func TestInterfaces(t *testing.T) {
	t.Setenv("GHOST_KEY", ghostKey)
	const private = ", allow_private: true, pages: never}]"
	for _, c := range []struct {
		name, source string
		posts, step  int // hours from one to the next; 0: one
		stories      int
		requests     int    // of the first fetch
		warns        string // a part of a warning
		fails        string // a part of the error
		again        bool   // the second fetch finds nothing changed
		off          string
		found        string // where the first story has its picture from
	}{
		{name: "WordPress, by the site's address", source: "[{type: wordpress, url: SITE", posts: 7, stories: 7, requests: 1, again: true},
		{name: "WordPress, by all of it", source: "[{url: 'SITE/wp-json/wp/v2/posts?_embed=1&per_page=5'", posts: 7, stories: 7, requests: 2, again: true},
		{name: "WordPress, to its end", source: "[{url: 'SITE/wp-json/wp/v2/posts?per_page=5'", posts: 10, stories: 10, requests: 3, again: true},
		{name: "WordPress, of more than is read", source: "[{url: 'SITE/wp-json/wp/v2/posts?per_page=5'", posts: 500, stories: 20, requests: 4, again: true},
		{name: "WordPress, by the site's address, of much", source: "[{type: wordpress, url: SITE", posts: 800, stories: 200, requests: 4, again: true},
		{name: "WordPress, as far back as anybody looks", source: "[{type: wordpress, url: SITE", posts: 800, step: 24, stories: 50, requests: 1, again: true},
		{name: "Ghost", source: "[{type: ghost, url: SITE, key: env:GHOST_KEY", posts: 60, stories: 60, requests: 2, again: true},
		{name: "Ghost, whose key is wrong", source: "[{type: ghost, url: SITE, key: env:WRONG", posts: 3, requests: 1, fails: "Ghost refuses the key"},
		{name: "a site that is not Ghost's", source: "[{type: ghost, url: SITE/elsewhere, key: env:GHOST_KEY", posts: 3, requests: 1, fails: "is it Ghost? Its feed may do"},
		{name: "a site that is not WordPress's", source: "[{type: wordpress, url: SITE/elsewhere", posts: 3, requests: 1, fails: "is it WordPress"},
		{name: "an index of sitemaps", source: "[{type: sitemap, url: SITE/sitemap.xml", posts: 4, stories: 4, requests: 3},
		{name: "an index, a part of which is away", source: "[{url: SITE/sitemap.xml", posts: 4, stories: 4, requests: 3, off: "/pages.xml", warns: "/pages.xml cannot be read: 500"},
		{name: "a sitemap without news", source: "[{url: SITE/pages.xml", posts: 4, requests: 1, again: true, warns: "no page in the sitemap, of 1, is marked as news"},
		{name: "another thing than was said", source: "[{type: wordpress, url: 'SITE/feed?rest_route=/'", posts: 1, requests: 1, fails: "it gives a feed, not WordPress's posts"},
		{name: "a feed alone", source: "[{url: SITE/feed", posts: 3, stories: 3, requests: 1, again: true},
		{name: "a feed and WordPress", source: "[{url: SITE/feed, complete_from: [{type: wordpress, url: SITE}]", posts: 3, stories: 3, requests: 2, again: true, found: "WordPress"},
		{name: "a feed and a sitemap", source: "[{url: SITE/feed, complete_from: [{url: SITE/sitemap.xml}]", posts: 3, stories: 3, requests: 4, again: true, found: "the sitemap"},
		{name: "a feed and what is away", source: "[{url: SITE/feed, complete_from: [{url: SITE/sitemap.xml}]", posts: 3, stories: 3, requests: 2, off: "/sitemap.xml", warns: "it is not completed from"},
		{name: "a feed and Ghost, whose key is wrong", source: "[{url: SITE/feed, complete_from: [{type: ghost, url: SITE/wrong/.., key: env:WRONG}]", posts: 3, stories: 3, requests: 2, warns: "it is not completed from"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("WRONG", "verysecret")
			site := openCMS(t, c.posts)
			site.off[c.off], site.step = true, max(1, c.step)
			onSQLite(t, settings{"sources": strings.ReplaceAll(c.source, "SITE", site.URL) + private}, func(t *testing.T, r *room) {
				for i := range 2 {
					reports, err := r.n.Fetch(t.Context(), "weekly")
					if err != nil || len(reports) != 1 {
						t.Fatal(reports, err)
					}
					said := strings.Join(append(reports[0].Warnings, reports[0].Error), "; ")
					switch got := reports[0]; {
					case i == 1:
						if got.Unchanged != c.again {
							t.Errorf("the second fetch: %+v", got)
						}
					case got.Stories != c.stories || len(site.asked) != c.requests:
						t.Errorf("%d stories with %d requests, want %d with %d; %v", got.Stories, len(site.asked), c.stories, c.requests, site.asked)
					case !strings.Contains(said, c.warns) || !strings.Contains(got.Error, c.fails) || (c.fails == "") != (got.Error == ""):
						t.Errorf("it says %q", said)
					case strings.Contains(said, ghostKey) || strings.Contains(said, "verysecret"):
						t.Errorf("it tells the key: %q", said)
					}
				}
				stories, err := r.n.Store.Stories(t.Context(), "weekly", thursday.AddDate(-3, 0, 0), time.Time{})
				if err != nil || len(stories) != c.stories {
					t.Fatalf("%d are stored, %v", len(stories), err)
				}
				for _, s := range stories {
					if s.Title == "Post 0" && (s.Found[digest.InPicture] != c.found || (s.Found[digest.InDate] != c.found)) {
						t.Errorf("%+v", s.Found)
					}
				}
			})
		})
	}
}
