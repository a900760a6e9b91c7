package feed

import (
	"bufio"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"

	"github.com/broadsheet-news/broadsheet/internal/parts"
)

// home says where the feeds came from, as far as their relative links need it.
var home = map[string]string{"qemu.atom": "https://www.qemu.org/feed.xml"}

// leftover are signs of HTML in what should be plain text.
var leftover = regexp.MustCompile(`</?(?:a|b|i|p|br|em|div|img|span|strong)\b[^<>]*>|&(?:amp|lt|gt|quot|nbsp|#\d+|[a-z]{2,8});`)

func TestRealFeeds(t *testing.T) {
	manifest, err := os.Open(parts.Beside(t, "feeds/real/MANIFEST.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer manifest.Close()
	lines := bufio.NewScanner(manifest)
	lines.Scan() // the heading
	for lines.Scan() {
		column := strings.Split(lines.Text(), "\t")
		want, err := strconv.Atoi(column[3])
		if err != nil {
			t.Fatal(err)
		}
		t.Run(column[0], func(t *testing.T) { realFeed(t, column[0], want, column[4]) })
	}
}

func realFeed(t *testing.T, name string, want int, notes string) {
	data, err := os.ReadFile(parts.Beside(t, "feeds/real/"+name))
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse(data, Options{URL: home[name]})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Stories) != want {
		t.Errorf("%d stories, want %d", len(f.Stories), want)
	}
	if f.Title == "" || strings.Contains(f.Title, "\uFFFD") {
		t.Errorf("the feed's title is %q", f.Title)
	}
	dated, pictures, teasers := 0, 0, 0
	for i, s := range f.Stories {
		if s.Title == "" {
			t.Errorf("story %d has no title", i)
		}
		if u, err := url.Parse(s.URL); err != nil || !u.IsAbs() || u.Host == "" {
			t.Errorf("story %d links to %q", i, s.URL)
		}
		for _, text := range append([]string{s.Title, s.Teaser}, append(s.Authors, s.Topics...)...) {
			if strings.Contains(text, "\uFFFD") || leftover.MatchString(text) || html.UnescapeString(text) != text {
				t.Errorf("story %d has HTML or mojibake in %q", i, text)
			}
		}
		if strings.Contains(s.HTML, "\uFFFD") {
			t.Errorf("story %d has mojibake in its text", i)
		}
		if !s.Published.IsZero() {
			dated++
			if y := s.Published.Year(); y < 2011 || s.Published.After(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) {
				t.Errorf("story %d is dated %s", i, s.Published)
			}
		}
		if s.Image != nil {
			pictures++
		}
		if s.Teaser != "" {
			teasers++
		}
		if strings.HasSuffix(s.Teaser, ":") || name == "rue89.xml" && strings.HasPrefix(s.Teaser, "Cumul des mandats") {
			t.Errorf("story %d announces what is not there, or tells of another: %q", i, s.Teaser)
		}
	}
	if name != "heise.rdf" && dated != want {
		t.Errorf("%d of %d stories are dated", dated, want)
	}
	if strings.Contains(notes, "media:content") && pictures == 0 {
		t.Error("no story has a picture")
	}
	t.Logf("%-22s %-7s %3d stories, %3d dated, %3d teasers, %3d pictures %v", f.Title, f.Language, len(f.Stories), dated, teasers, pictures, f.Warnings)
}

// TestRealFeedsInOtherEncodings writes the real feeds anew in older encodings, under a
// declaration that is true, missing or a lie, and wants the same titles from all.
func TestRealFeedsInOtherEncodings(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(parts.Beside(t, "feeds/real"), "*.*"))
	read, o := 0, Options{MaxItems: 8}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := xmlDeclaration.ReplaceAllString(decode(data, "", &warnings{}), "")
		if !strings.HasPrefix(text, "<") {
			continue // the manifest, and JSON, which is in UTF-8 by definition
		}
		for _, name := range []string{"windows-1252", "windows-1250", "iso-8859-2", "gb18030"} {
			enc, _ := lookup(name)
			coded, err := encoding.ReplaceUnsupported(enc.NewEncoder()).String(text)
			// What cannot be written is another feed; and Europeans do not write in Chinese.
			if err != nil || strings.Count(coded, "\x1a") > 20 || name == "gb18030" && !strings.Contains(file, "gb2312") {
				continue
			}
			back, _ := enc.NewDecoder().String(coded)
			want, err := Parse([]byte(back), o)
			if err != nil {
				t.Fatal(err)
			}
			for _, says := range []string{"", name, "utf-8", "iso-8859-1", "windows-1251"} {
				in := coded
				if says != "" {
					in = `<?xml version="1.0" encoding="` + says + `"?>` + coded
				}
				got, err := Parse([]byte(in), o)
				if err != nil || brief(got.Stories) != brief(want.Stories) {
					t.Errorf("%s in %s that says %q: %v %v\n%s\nwant\n%s", filepath.Base(file), name, says, err, got.Warnings, brief(got.Stories), brief(want.Stories))
				}
				read++
			}
		}
	}
	t.Logf("%d feeds read", read)
}

var xmlDeclaration = regexp.MustCompile(`^\s*<\?xml[^>]*\?>\s*`)
