package views

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/broadsheet-news/broadsheet/digest"
)

func TestParse(t *testing.T) {
	want := []Reading{{URL: "https://example.org/a", Views: 1200}, {URL: "/b", Views: 3}}
	for name, text := range map[string]string{
		"csv":                      "url,views\nhttps://example.org/a,1200\n/b,3\n",
		"columns in another order": "Title;Pageviews;Page path\n\"The; bridge\";1200;https://example.org/a\nB;3;/b",
		"tabs":                     "page_path\tpage_views\nhttps://example.org/a\t1200\n/b\t3\n",
		"comments above":           "# ---\n# Pages, 20 to 26 November\n\nPage path,Views\nhttps://example.org/a,\"1,200\"\n/b,3\n",
		"analytics":                "# All pages\n#\n\nPage path and screen class,Views,Users\nhttps://example.org/a,1200,7\n/b,3,1\n",
		"a byte order mark":        "\ufeffurl,count\r\nhttps://example.org/a,1200\r\n/b,3\r\n",
		"json by page":             `{"https://example.org/a": 1200, "/b": 3}`,
		"json as a list":           `[{"url": "https://example.org/a", "views": 1200}, {"path": "/b", "pageviews": "3"}]`,
	} {
		got, warnings, err := Parse([]byte(text))
		if err != nil || len(warnings) != 0 || !slices.Equal(got, want) {
			t.Errorf("%s: %v %v %v", name, got, warnings, err)
		}
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "is empty",
		" \n":                            "is empty",
		"url,visits\n/a,3\n":             `line 1: names the columns "url,visits"`,
		"views\n3\n":                     "line 1: names the columns",
		"#only a comment\n":              "no first line",
		"# x\n\nurl,visits\n/a,3\n":      `line 3: names the columns "url,visits"`,
		"{\"/a\": 3,\n":                  "line 2: is no JSON",
		"[{\"url\":\n\n}]":               "line 3: is no JSON",
		"{\"/a\": 3} 4":                  "line 1: something follows",
		"url,views\n\xff,3":              "no text in UTF-8",
		"{\n\n\"/a\": 3\n":               "line 4: is no JSON",
		"[" + strings.Repeat("[", 20000): "is no JSON",
	} {
		got, _, err := Parse([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || got != nil {
			t.Errorf("%.40q: %v %v, want %s", text, got, err, want)
		}
	}
	if _, _, err := Parse(make([]byte, MaxBytes+1)); err == nil || !strings.Contains(err.Error(), "is larger than 10 MB") {
		t.Errorf("too much: %v", err)
	}
	if _, _, err := Parse([]byte("url,views\n" + strings.Repeat("/a,1\n", maxRows+1))); err == nil || !strings.Contains(err.Error(), "line 500002: there are more than 500,000 rows") {
		t.Errorf("too many: %v", err)
	}
}

func TestParseWarns(t *testing.T) {
	for text, want := range map[string]string{
		"url,views\n/a,-3\n/b,4\n":               `line 2: "-3" is no number of views`,
		"url,views\n/b,4\n/c,1.5\n":              `line 3: "1.5" is no number of views`,
		"url,views\n/b,4\n/c\n":                  `line 3: "" is no number of views`,
		"url,views\n/b,4\n,12\n":                 "line 3: names no page",
		"url,views\n/b,4\n/c,\"12,34\"\n":        `line 3: "12,34" is no`,
		"{\"/b\": 4,\n\"/c\": null}":             `line 2: "" is no number`,
		"[{\"url\":\"/b\",\"views\":4},\n[1,2]]": "line 2: is no object",
		"url,views\n/b,4\n/c,99999999999999\n":   "is no number of views",
	} {
		got, warnings, err := Parse([]byte(text))
		if err != nil || len(got) != 1 || got[0].Views != 4 || len(warnings) != 1 || !strings.Contains(warnings[0], want) {
			t.Errorf("%q: %v %q %v, want %s", text, got, warnings, err, want)
		}
	}
	_, warnings, _ := Parse([]byte("url,views\n" + strings.Repeat("/a,x\n", 50)))
	if len(warnings) != maxWarnings+1 || warnings[maxWarnings] != "and 40 rows more" {
		t.Errorf("fifty: %q", warnings)
	}
}

func TestMatch(t *testing.T) {
	stories := []digest.Story{
		{ID: "aaaaaaaaaa", GUID: "4711", URL: "https://www.example.org/2026/bridge/"},
		{ID: "bbbbbbbbbb", URL: "https://example.org/?p=12"},
		{ID: "cccccccccc", URL: "https://other.example/column"},
		{ID: "dddddddddd", URL: "https://example.org/unread"},
		{ID: "eeeeeeeeee"},
	}
	got := Match([]Reading{
		{URL: "http://example.org/2026/bridge?utm_source=x", Views: 10},
		{URL: "/2026/bridge", Views: 5},
		{ID: "4711", Views: 1},
		{URL: "example.org/?p=12", Views: 7},
		{ID: "cccccccccc", URL: "https://example.org/unread", Views: 3},
		{URL: "/", Views: 900},
		{URL: "https://example.org/", Views: 900},
		{URL: "::", Views: 1},
		{ID: "nobody", Views: 2},
	}, stories)
	if want := map[string]int{"aaaaaaaaaa": 16, "bbbbbbbbbb": 7, "cccccccccc": 3}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// What two stories are called is of neither, in whatever order they come.
func TestMatchOfOneNameForTwo(t *testing.T) {
	stories := []digest.Story{
		{ID: "aaaaaaaaaa", GUID: "1", URL: "https://one.example/news/1"},
		{ID: "bbbbbbbbbb", GUID: "1", URL: "https://two.example/news/1"},
		{ID: "cccccccccc", GUID: "1", URL: "https://three.example/news/1"},
	}
	readings := []Reading{{ID: "1", Views: 5}, {URL: "/news/1", Views: 7}, {ID: "1", URL: "https://two.example/news/1", Views: 2}}
	for range stories {
		stories = append(stories[1:], stories[0])
		if got, want := Match(readings, stories), map[string]int{"bbbbbbbbbb": 2}; !maps.Equal(got, want) {
			t.Errorf("%s first: %v, want %v", stories[0].ID, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("url,views\n/a,3\n"))
	f.Add([]byte("# x\nPage path\tViews\n\"/a\"\"\t1 200\n"))
	f.Add([]byte(`{"/a": 3, "https://example.org/b": "4"}`))
	f.Add([]byte(`[{"guid": "x", "views": 3}, 4, {}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		readings, warnings, err := Parse(data)
		if err != nil && (readings != nil || err.Error() == "" || !utf8.ValidString(err.Error())) {
			t.Fatalf("%v %q", readings, err)
		}
		if len(warnings) > maxWarnings+1 {
			t.Fatalf("%d warnings", len(warnings))
		}
		for _, r := range readings {
			if r.Views < 0 || r.Views > maxViews || r.URL == "" && r.ID == "" {
				t.Fatalf("%+v", r)
			}
		}
		for id, n := range Match(readings, []digest.Story{{ID: "a", URL: "https://example.org/a", GUID: "x"}}) {
			if id != "a" || n < 0 {
				t.Fatal(fmt.Sprint(id, n))
			}
		}
	})
}
