package feed

import (
	"strings"
	"testing"
)

// TestJSONAlmost reads JSON feeds that JSON's own rules would lose whole.
func TestJSONAlmost(t *testing.T) {
	for name, in := range map[string]string{
		"sound":                       `{"title": "t", "items": [{"id": "1", "title": "Story 1", "url": "https://a.example/1"}, {"id": "2", "title": "Story 2", "url": "https://a.example/2"}]}`,
		"a mark before it":            "\uFEFF" + `{"title": "t", "items": [{"id": "1", "title": "Story 1", "url": "https://a.example/1"}, {"id": "2", "title": "Story 2", "url": "https://a.example/2"}]}`,
		"line breaks in a text":       "{\"title\": \"t\", \"items\": [{\"id\": \"1\", \"title\": \"Story\n\t1\", \"url\": \"https://a.example/1\"}, {\"id\": \"2\", \"title\": \"Story 2\", \"url\": \"https://a.example/2\"}]}",
		"commas too many":             `{"title": "t", "items": [{"id": "1", "title": "Story 1", "url": "https://a.example/1",}, {"id": "2", "title": "Story 2", "url": "https://a.example/2"},],}`,
		"control characters":          "{\"title\": \"t\x00\", \"items\": [{\"id\": \"1\", \"title\": \"Story\x07 1\", \"url\": \"https://a.example/1\"}, {\"id\": \"2\", \"title\": \"Story 2\", \"url\": \"https://a.example/2\"}]}",
		"escapes that it has not":     `{"title": "t", "items": [{"id": "1", "title": "Story 1", "content_text": "it\'s \x41 C:\dir \u12", "url": "https://a.example/1"}, {"id": "2", "title": "Story 2", "url": "https://a.example/2"}]}`,
		"items first":                 `{"items": [{"id": "1", "title": "Story 1", "url": "https://a.example/1"}, {"id": "2", "title": "Story 2", "url": "https://a.example/2"}], "title": "t"}`,
		"an item that is none":        `{"title": "t", "items": [{"id": "1", "title": "Story 1", "url": "https://a.example/1"}, "no item", null, 7, [], {"id": "2", "title": "Story 2", "url": "https://a.example/2"}]}`,
		"fields of other types":       `{"title": "t", "authors": "x", "items": [{"id": 1, "title": "Story 1", "url": "https://a.example/1", "tags": {}, "authors": [7], "attachments": "none", "date_published": 7}, {"id": 2.5, "title": "Story 2", "url": "https://a.example/2"}]}`,
		"nothing where something is":  `{"title": "t", "authors": [null], "author": null, "hubs": [null], "items": [{"id": "1", "title": "Story 1", "url": "https://a.example/1", "authors": [null], "author": null, "attachments": [null], "tags": [null]}, {"id": "2", "title": "Story 2", "url": "https://a.example/2", "attachments": null, "authors": null}]}`,
		"cut within the third item":   `{"title": "t", "items": [{"id": "1", "title": "Story 1", "url": "https://a.example/1"}, {"id": "2", "title": "Story 2", "url": "https://a.example/2"}, {"id": "3", "title": "Sto`,
		"cut after the second item":   `{"title": "t", "items": [{"id": "1", "title": "Story 1", "url": "https://a.example/1"}, {"id": "2", "title": "Story 2", "url": "https://a.example/2"}`,
		"commas forgotten":            `{"title": "t" "items": [{"id": "1" "title": "Story 1", "url": "https://a.example/1"} {"id": 2 "title": "Story 2", "url": "https://a.example/2"}]}`,
		"words of Python":             `{"title": "t", "expired": False, "items": [{"id": NaN, "title": "Story 1", "image": None, "url": "https://a.example/1"}, {"id": undefined, "title": "Story 2", "url": "https://a.example/2"}]}`,
		"JavaScript":                  `{title: 't', items: [{id: '1', title: 'Story 1', "content_text": 'say "it\'s"', url: 'https://a.example/1'}, {'id': '2', 'title': "Story 2", url : "https://a.example/2"}]}`,
		"an apostrophe behind a text": `{"title": "t", "items": [{"id": "1", "title": "Story 1", "url": "https://a.example/1"}, {"id": "9", "title": "", "x": "The "Best of the '90s" list"}, {"id": "2", "title": "Story 2", "url": "https://a.example/2"}]}`,
		"a quote forgotten":           "{\"title\": \"t,\n \"items\": [{\"id\": \"1\",\n \"title\": \"Story 1\n, \"url\": \"https://a.example/1\"}, {\"id\": \"2\", \"title\": \"Story 2\", \"url\": \"https://a.example/2\"}]}",
		"a first item that is broken": `{"title": "t", "items": [{"id": "0" ]> {"x": "y"}, "authors": [{"name": "A", "url": "u"}]}, {"id": "1", "title": "Story 1", "url": "https://a.example/1"}, {"id": "2", "title": "Story 2", "url": "https://a.example/2"}]}`,
		"an item that is broken":      `{"title": "t", "items": [{"id": "1", "title": "Story 1", "url": "https://a.example/1"}, {"id": "0", : 5}, {"id" "0"}, {"id": "2", "title": "Story 2", "url": "https://a.example/2"}]}`,
		"utf-16":                      string(units(`{"title": "t", "items": [{"id": "1", "title": "Story 1", "url": "https://a.example/1"}, {"id": "2", "title": "Story 2", "url": "https://a.example/2"}]}`, 2, false, false)),
	} {
		f, err := Parse([]byte(in), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		stories := f.Stories[:0:0]
		for _, s := range f.Stories {
			if s.Title != "" {
				stories = append(stories, s)
			}
		}
		if got := brief(stories); got != "Story 1|1\nStory 2|2" || f.Title != "t" {
			t.Errorf("%s: %q %s", name, f.Title, got)
		}
	}
	for cut, want := range map[string]string{
		`{"title": "t" : 5, "items": [{"id": "1", "title": "Story 1", "url": "https://a.example/1"}, {"id": "2", "title": "Story 2", "url": "https://a.example/2"}]}`: "Story 1|1\nStory 2|2",
		`{"items": [{"id": "1", "title": "Story 1", "url": "https://a.example/1", "content_html": "<p>Hel`:                                                            "Story 1|1",
		`{"items": [{"id": "1", "title": "Story 1", "url": "https://a.example/1`:                                                                                      "Story 1|",
		`{"items": [{"id": "1", "title": "Story 1", "tags": ["a`:                                                                                                      "Story 1|",
		`{"items": [{"id`: "", `{"items": [{`: "", `{"items": [`: "",
	} {
		f, err := Parse([]byte(cut), Options{})
		if got := brief(f.Stories); err != nil || got != want || len(f.Warnings) != 1 {
			t.Errorf("%s: %s %v %q, want %s", cut, got, err, f.Warnings, want)
		}
	}
}

// TestJSONSummary: a summary is plain text, and many have tags nevertheless.
func TestJSONSummary(t *testing.T) {
	for in, want := range map[string]string{
		`Sea \u003c lake \u0026 river.`:                   "Sea < lake & river.",
		`\u003cp\u003eSea \u0026amp; lake.\u003c/p\u003e`: "Sea & lake.",
		`Use \u003cb\u003e and \u003c/b\u003e.`:           "Use <b> and </b>.",
		`Sea \u0026amp; lake\u0026#8217;s.`:               "Sea & lake’s.",
	} {
		f, err := Parse([]byte(`{"items": [{"id": "1", "title": "x", "summary": "`+in+`"}]}`), Options{})
		if err != nil || len(f.Stories) != 1 || f.Stories[0].Teaser != want {
			t.Errorf("%s: %+v %v, want %s", in, f.Stories, err, want)
		}
	}
}

// TestJSONPicture finds a picture where a field is not of its type.
func TestJSONPicture(t *testing.T) {
	for _, in := range []string{
		`"image": {"url": "https://a.example/p.jpg", "width": 9}`,
		`"image": ["https://a.example/p.jpg", "https://a.example/q.jpg"]`,
		`"attachments": [{"url": "https://a.example/p.jpg", "mime_type": "image/jpeg", "size_in_bytes": "9"}]`,
		`"attachments": [true, {"url": "https://a.example/p.jpg", "mime_type": "image/jpeg", "title": {}}]`,
	} {
		f, err := Parse([]byte(`{"items": [{"id": "1", "title": "x", `+in+`}]}`), Options{})
		if err != nil || len(f.Stories) != 1 || f.Stories[0].Image == nil || f.Stories[0].Image.URL != "https://a.example/p.jpg" {
			t.Errorf("%s: %+v %v", in, f.Stories, err)
		}
	}
}

// TestJSONHabits reads what is sound JSON, but not quite a feed by its specification.
func TestJSONHabits(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"one author of 1.1":    {`{"items": [{"id": "1", "title": "Story 1", "authors": {"name": "Ada"}}]}`, "Story 1|Ada|"},
		"an author's name":     {`{"items": [{"id": "1", "title": "Story 1", "author": "Ada"}]}`, "Story 1|Ada|"},
		"authors' names":       {`{"items": [{"id": "1", "title": "Story 1", "authors": ["Ada", {"name": "Bo"}, 7]}]}`, "Story 1|Ada, Bo|"},
		"a name for authors":   {`{"items": [{"id": "1", "title": "Story 1", "authors": "Ada"}]}`, "Story 1|Ada|"},
		"a list for an author": {`{"items": [{"id": "1", "title": "Story 1", "author": [{"name": "Ada"}, {"name": "Bo"}]}]}`, "Story 1|Ada, Bo|"},
		"the feed's author":    {`{"author": "Ada", "items": [{"id": "1", "title": "Story 1"}]}`, "Story 1|Ada|"},
		"the feed's authors":   {`{"authors": {"name": "Ada"}, "items": [{"id": "1", "title": "Story 1"}]}`, "Story 1|Ada|"},
		"both, one of them":    {`{"items": [{"id": "1", "title": "Story 1", "author": ["Cy", "Di"], "authors": [{"name": "Ada"}]}]}`, "Story 1|Ada|"},
		"both, none in one":    {`{"items": [{"id": "1", "title": "Story 1", "author": {"name": "Ada"}, "authors": []}]}`, "Story 1|Ada|"},
		"both, nobody in one":  {`{"items": [{"id": "1", "title": "Story 1", "author": ["Ada", "Bo"], "authors": {}}]}`, "Story 1|Ada, Bo|"},
		"an address of none":   {`{"items": [{"id": "1", "title": "Story 1", "authors": [{"name": "Ada", "url": 7}, null]}]}`, "Story 1|Ada|"},
		"tags of all kinds":    {`{"items": [{"id": "1", "title": "Story 1", "tags": ["sea", {"name": "ferries"}, 2026, null, false, []]}]}`, "Story 1||sea, ferries, 2026"},
		"items with keys":      {`{"items": {"3": {"id": "1", "title": "Story 1"}, "5": {"id": "2", "title": "Story 2"}}, "authors": [{"name": "Ada"}]}`, "Story 1|Ada|\nStory 2|Ada|"},
		"keys, cut off":        {`{"items": {"3": {"id": "1", "title": "Story 1"}, "5": {"id": "2", "ti`, "Story 1||"},
		"tags in one text":     {`{"items": [{"id": "1", "title": "Story 1", "tags": "sea, ferries"}]}`, "Story 1||sea, ferries"},
	} {
		f, err := Parse([]byte(c.in), Options{})
		var lines []string
		for _, s := range f.Stories {
			lines = append(lines, s.Title+"|"+strings.Join(s.Authors, ", ")+"|"+strings.Join(s.Topics, ", "))
		}
		if got := strings.Join(lines, "\n"); err != nil || got != c.want {
			t.Errorf("%s: %s %v, want %s", name, got, err, c.want)
		}
	}
}

// TestBeforeJSON reads JSON behind what is none, and no script of a page.
func TestBeforeJSON(t *testing.T) {
	const feed = `{"title": "t", "items": [{"id": "1", "title": "Story 1", "url": "https://a.example/1"}]}`
	const posts = `[{"id": 1, "link": "https://a.example/1", "title": {"rendered": "Story 1"}, "content": {"rendered": ""}, "excerpt": {"rendered": ""}}]`
	for in, want := range map[string]string{
		"<br />\n<b>Notice</b>: Undefined index: x in <b>/a.php</b> on line <b>3</b><br />\n" + posts: "Story 1|1",
		"Deprecated: f() in a.php on line 3\n" + feed:                                                 "Story 1|1",
		")]}',\n" + feed:      "Story 1|1",
		"read(" + feed + ");": "Story 1|1",
		"<!DOCTYPE html><html><script>" + feed + "</script></html>":        "",
		"<html><body><script>var a = " + posts + "</script></body></html>": "",
		"nothing at all {}": "",
		"[26-Nov-2026 10:00:00 UTC] PHP Notice: Undefined index\n" + feed: "Story 1|1",
	} {
		f, err := Parse([]byte(in), Options{})
		if got := brief(f.Stories); got != want || (err == nil) != (want != "") || len(f.Warnings) > 0 {
			t.Errorf("%s: %s %v %q", in, got, err, f.Warnings)
		}
	}
}

// TestRSSInJSON reads RSS that is written as JSON.
func TestRSSInJSON(t *testing.T) {
	f, err := Parse([]byte(`{"rss": {"version": "2.0", "channel": {"title": "t", "link": "https://a.example/", "language": "en", "item": [
		{"title": "Story 1", "link": "https://a.example/1", "description": "<p>It is so.</p>", "pubDate": "Thu, 26 Nov 2026 10:00:00 GMT", "guid": {"isPermaLink": false, "#value": "g1"},
			"author": "ada@a.example (Ada)", "category": ["sea", {"domain": "x", "#value": "ferries"}], "enclosure": {"url": "https://a.example/p.jpg", "type": "image/jpeg", "length": 9}},
		{"description": "No title.", "content:encoded": "<p>The text.</p>", "guid": "https://a.example/2", "author": "", "dc:creator": ["Bo", {"#text": "Cy"}]}]}}}`), Options{})
	if err != nil || f.Title != "t" || f.URL != "https://a.example/" || f.Language != "en" || brief(f.Stories) != "Story 1|1\nNo title|2" {
		t.Fatalf("%q %s %q %s %v", f.Title, f.URL, f.Language, brief(f.Stories), err)
	}
	s := f.Stories[0]
	if s.GUID != "g1" || s.Teaser != "It is so." || s.Published.Format("2006-01-02T15:04") != "2026-11-26T10:00" || strings.Join(s.Authors, ", ") != "Ada" ||
		strings.Join(s.Topics, ", ") != "sea, ferries" || s.Image == nil || s.Image.URL != "https://a.example/p.jpg" || f.Stories[1].HTML != "<p>The text.</p>" ||
		strings.Join(f.Stories[1].Authors, ", ") != "Bo, Cy" || len(f.Warnings) > 0 {
		t.Errorf("%+v %q", f.Stories, f.Warnings)
	}
	for in, want := range map[string]struct {
		stories string
		warned  bool
	}{
		`{"rss": {"channel": {"item": [{"title": "Story 1", "guid": "1", "author": "ada@a.example (Ada)"}]}}}`:                                          {"Story 1|", false},
		`{"rss": {"channel": {"item": {"title": "Story 1", "guid": "1"}}}}`:                                                                             {"Story 1|", false},
		`{"a": "b", "rss": {"channel": {"item": [{"title": "Story 1", "guid": "1"}, {"title": "Story 2", "guid": "2"}, {"title": "3"}]}}}`:              {"Story 1|\nStory 2|", true},
		`{"?xml": {"@version": "1.0"}, "note": "a \"b\"", "rss": {"channel": {"image": {"item": ["x"]}, "item": [{"title": "Story 1", "guid": "1"}]}}}`: {"Story 1|", false},
		`{"rss": {"channel": {"item": {"title": "Story 1", "guid": "1", "media": {"item": [{"title": "no"}]}}}}}`:                                       {"Story 1|", false},
		`{"rss": {"channel": {"item": [{"title": "Story 1", "guid": "1"}, {"title": "Sto`:                                                               {"Story 1|", true},
		`{"rss": {"channel": {"item": [{"title": "Story 1", "guid": "1", "description": "It br`:                                                         {"Story 1|", true},
	} {
		f, err := Parse([]byte(in), Options{MaxItems: 2})
		if got := brief(f.Stories); err != nil || got != want.stories || (len(f.Warnings) > 0) != want.warned {
			t.Errorf("%s: %s %v %q", in, got, err, f.Warnings)
		}
	}
	if _, err := Parse([]byte(`{"rss": {"channel": {"title": "t"}}}`), Options{}); err == nil {
		t.Error("RSS in JSON without an item is a feed")
	}
}
